import { activityInfo } from '@temporalio/activity';
import { canonicalBytes } from '../../plan/keys.ts';
import { chunkSize } from '../../plan/limits.ts';
import { parseJson, type Json, type OpenedGroup, type WorkInput } from '../../plan/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { chunkRanges, originRows, type ChunkRange } from './slices.ts';
import { perItem, sourceOf } from '../run/unit-items.ts';
import type { OpenedWork } from '../run/unit-work.ts';

/** Cuts a group's origins into chunks; the table of chunks is stored as a blob. */
export function openGroup({ artifacts, store, meters }: Dependencies) {
  return async ({ unit, key }: OpenedWork<WorkInput>): Promise<OpenedGroup> => {
    const rows = await originRows(artifacts, sourceOf(unit));
    const ranges = chunkRanges(rows, chunkSize(unit.nodes, rows.length));
    const meter = meters.of(key, activityInfo().workflowExecution?.runId ?? '');
    for (const node of unit.nodes) meter.expect(node.id, rows.length * perItem(node));
    const table = await store.putBytes(canonicalBytes(ranges as unknown as Json));
    return { table, chunks: ranges.length, items: Math.max(0, ...ranges.map(({ items }) => items)) };
  };
}

/** The chunk table of a group. */
export async function readTable({ store }: Dependencies, table: string): Promise<ChunkRange[]> {
  return parseJson<ChunkRange[]>(await store.getBytes(table));
}
