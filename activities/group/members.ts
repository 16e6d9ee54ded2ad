import type { Digest, PlanNode } from '../../plan/index.ts';
import type { Columns, Row } from '../../ports/artifacts.ts';
import type { ChunkShard } from '../../records/chunk.ts';
import type { Dependencies } from '../dependencies.ts';

/** A member of a group whose chunks are all finished. */
export interface Member {
  node: PlanNode;
  nodes: PlanNode[];
  /** The artifact whose items the group processes. */
  source: Digest;
  /** Shards of this member and of those before it. */
  shards: Map<string, ChunkShard[]>;
  inputs: { [name: string]: Digest[] };
}

/** The rows of shards, in order. */
export async function rowsOfShards({ artifacts }: Dependencies, shards: ChunkShard[]): Promise<Row[]> {
  return (await Promise.all(shards.map((shard) => artifacts.readJsonl<Row>(shard.digest)))).flat();
}

/** A row with exactly these columns; null for a value it does not have. */
export function onlyColumns(row: Row, columns: Columns): Row {
  return Object.fromEntries(Object.keys(columns).map((column) => [column, row[column] ?? null]));
}

/** Rows by status. */
export function statusesOf(shards: ChunkShard[]): { [status: string]: number } {
  const sum: { [status: string]: number } = {};
  for (const { statuses } of shards) for (const [status, count] of Object.entries(statuses)) sum[status] = (sum[status] ?? 0) + count;
  return sum;
}
