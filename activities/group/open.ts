import { activityInfo } from '@temporalio/activity';
import { canonicalBytes } from '../../plan/keys.ts';
import { chunkSize } from '../../plan/limits.ts';
import { createKept, parseJson, type Digest, type Json, type OpenedGroup, type WorkInput } from '../../plan/index.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { perItem } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { rowsOfShards } from './members.ts';
import { chunkRanges, countOrigins, sortedByOrigin, sortedShards, type ChunkRange, type OriginRow } from './slices.ts';
import { sourceOf } from '../run/unit-items.ts';
import type { OpenedWork } from '../run/unit-work.ts';

/** The chunks of a group. */
export interface ChunkTable {
  ranges: ChunkRange[];
  /** Items in all chunks. */
  items: number;
  /** The artifacts that enter the group, each in the order of origins. */
  sorted: { [artifact: Digest]: Digest };
}

/** Cuts a group's origins into chunks; the table of chunks is stored as a blob. */
export function openGroup(dependencies: Pick<Dependencies, 'artifacts' | 'store' | 'meters'>) {
  const { artifacts, store, meters } = dependencies;
  return async ({ unit, key }: OpenedWork<WorkInput>): Promise<OpenedGroup> => {
    const source = sourceOf(unit);
    const sorted: ChunkTable['sorted'] = {};
    for (const artifact of new Set(unit.nodes.flatMap((node) => Object.values(unit.inputs[node.id] ?? {}).flat())))
      sorted[artifact] = await sortedByOrigin(dependencies, artifact);
    const each = Math.max(...unit.nodes.map(perItem));
    const ranges = await rangesOf(artifacts, sorted[source] ?? source, (items) => chunkSize(unit.nodes, { items, each }));
    const items = ranges.reduce((sum, range) => sum + range.items, 0);
    const meter = meters.of(key, activityInfo().workflowExecution?.runId ?? '');
    for (const node of unit.nodes) meter.expect(node.id, items * perItem(node));
    const table: ChunkTable = { ranges, items, sorted };
    const digest = await store.putBytes(canonicalBytes(table as unknown as Json));
    return { table: digest, chunks: ranges.length, items: Math.max(0, ...ranges.map((range) => range.items)) };
  };
}

/** The chunks of a sorted artifact. What each growth added is cut by itself, so that the next one changes no chunk before it. */
async function rangesOf(artifacts: Artifacts, artifact: Digest, sizeOf: (items: number) => number): Promise<ChunkRange[]> {
  const manifest = await artifacts.readManifest(artifact);
  const { growths = [] } = sortedShards(manifest) ?? {};
  const ranges: ChunkRange[] = [];
  for (const [growth, shards] of Map.groupBy(manifest.shards, (_, index) => growths[index] ?? 0)) {
    const counts = await countOrigins(rowsOfShards<OriginRow>({ artifacts }, shards));
    const size = sizeOf(counts.reduce((sum, count) => sum + count, 0));
    ranges.push(...chunkRanges(counts, size).map((range) => (growth === 0 ? range : { ...range, growth })));
  }
  return ranges;
}

/** Tables kept open in one worker: one of a large group takes a few megabytes. */
const open = createKept<string, Promise<ChunkTable>>(8);

/** The chunk table of a group. */
export function readTable(store: Store, table: Digest): Promise<ChunkTable> {
  return open(`${store.id}/${table}`, async () => parseJson<ChunkTable>(await store.getBytes(table)));
}
