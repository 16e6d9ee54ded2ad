import { activityInfo } from '@temporalio/activity';
import { canonicalBytes } from '../../plan/keys.ts';
import { chunkSize } from '../../plan/limits.ts';
import { createKept, parseJson, type Digest, type Json, type OpenedGroup, type WorkInput } from '../../plan/index.ts';
import type { Store } from '../../ports/store.ts';
import { perItem } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { chunkRanges, countOrigins, sortedByOrigin, withOrigins, type ChunkRange } from './slices.ts';
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
    const counts = await countOrigins(withOrigins(artifacts, sorted[source] ?? source));
    const items = counts.reduce((sum, count) => sum + count, 0);
    const ranges = chunkRanges(counts, chunkSize(unit.nodes, { items, each: Math.max(...unit.nodes.map(perItem)) }));
    const meter = meters.of(key, activityInfo().workflowExecution?.runId ?? '');
    for (const node of unit.nodes) meter.expect(node.id, items * perItem(node));
    const table: ChunkTable = { ranges, items, sorted };
    const digest = await store.putBytes(canonicalBytes(table as unknown as Json));
    return { table: digest, chunks: ranges.length, items: Math.max(0, ...ranges.map((range) => range.items)) };
  };
}

/** Tables kept open in one worker: one of a large group takes a few megabytes. */
const open = createKept<string, Promise<ChunkTable>>(8);

/** The chunk table of a group. */
export function readTable(store: Store, table: Digest): Promise<ChunkTable> {
  return open(`${store.id}/${table}`, async () => parseJson<ChunkTable>(await store.getBytes(table)));
}
