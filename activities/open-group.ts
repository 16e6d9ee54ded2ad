import { canonicalBytes } from '../plan/keys.ts';
import type { Json, NodeInput, OpenedGroup, PlanNode, UnitInput } from '../plan/index.ts';
import type { Dependencies } from './dependencies.ts';
import { chunkRanges, originRows } from './slices.ts';
import type { ChunkRange } from './slices.ts';

/** Items in a chunk at most, and at least, where the pipeline does not say. */
const largest = 1000;
const smallest = 8;

/** Chunks that a small group is cut into, so that its steps overlap. */
const overlap = 4;

/** Cuts a group's origins into chunks; the table is kept as a blob, its digest and length go back. */
export function openGroup({ artifacts, store, meters }: Dependencies) {
  return async ({ unit, key }: NodeInput): Promise<OpenedGroup> => {
    const rows = await originRows(artifacts, sourceOf(unit));
    const wanted = unit.nodes.map((node) => node.run.chunk).find((size) => size !== null);
    const ranges = chunkRanges(rows, wanted ?? clamp(Math.ceil(rows.length / overlap), smallest, largest));
    for (const node of unit.nodes) meters.of(key).expect(node.id, rows.length * perItem(node));
    const table = await store.putBytes(canonicalBytes(ranges as unknown as Json));
    return { table, chunks: ranges.length };
  };
}

/** The chunk table of a group. */
export async function readTable({ store }: Dependencies, table: string): Promise<ChunkRange[]> {
  return JSON.parse(new TextDecoder().decode(await store.getBytes(table))) as ChunkRange[];
}

/** Requests a node makes for one item. */
export function perItem(node: PlanNode): number {
  return node.kind === 'candidates' ? Number(node.settings['n']) : 1;
}

function sourceOf(unit: UnitInput): string {
  const entering = unit.nodes.flatMap((node) => Object.values(unit.inputs[node.id] ?? {}).flat());
  const [source] = entering;
  if (source === undefined) throw new Error(`${unit.id}: nothing enters the group`);
  return source;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
