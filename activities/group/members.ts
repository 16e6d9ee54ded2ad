import type { Digest, PlanNode } from '../../plan/index.ts';
import type { Columns, Row } from '../../ports/artifacts.ts';
import type { ChunkRange } from './slices.ts';
import type { ChunkShard } from '../../records/chunk.ts';
import type { Dependencies } from '../dependencies.ts';
import { inParts } from '../spill.ts';

/** A member of a group whose chunks are all finished. */
export interface Member {
  node: PlanNode;
  /** What its key holds of the files that it reads, as chunks have it. */
  content: string | null;
  nodes: PlanNode[];
  /** The artifact whose items the group processes. */
  source: Digest;
  /** Its chunks; each has a shard. */
  ranges: ChunkRange[];
  /** Shards of this member and of those before it. */
  shards: Map<string, ChunkShard[]>;
  inputs: { [name: string]: Digest[] };
}

/** The rows of shards in order, one shard in memory at a time. */
export async function* rowsOfShards<T extends Row = Row>(
  { artifacts }: Pick<Dependencies, 'artifacts'>,
  shards: readonly { digest: Digest }[],
): AsyncGenerator<T> {
  for (const { digest } of shards) yield* await artifacts.readJsonl<T>(digest);
}

/** The shards of a member by the growth of the corpus that they are of, in order; one part where there are none. */
export function shardsByGrowth(shards: ChunkShard[], ranges: readonly ChunkRange[]): ChunkShard[][] {
  const parts = [...Map.groupBy(shards, (_, index) => ranges[index]?.growth ?? 0).values()];
  return parts.length > 0 ? parts : [[]];
}

/** Rows that are sorted in memory together. */
const rowsOfPart = 10_000;

/** The answers in shards, by the number of their question and then by their own. */
export async function* rowsByQuestion(
  dependencies: Pick<Dependencies, 'artifacts' | 'store'>,
  shards: ChunkShard[],
  own: 'sample' | 'ordinal',
): AsyncGenerator<Row> {
  const count = shards.reduce((sum, { rows }) => sum + rows, 0);
  const parts = Math.max(1, Math.ceil(count / rowsOfPart));
  let questions = 1;
  for await (const row of rowsOfShards(dependencies, shards)) questions = Math.max(questions, Number(row['question']) + 1);
  const placeOf = (row: Row): number => Number(row['question']) / questions;
  for await (const part of inParts(rowsOfShards(dependencies, shards), { store: dependencies.store, parts, placeOf }))
    yield* part.sort((a, b) => Number(a['question']) - Number(b['question']) || Number(a[own]) - Number(b[own]));
}

/** A row with exactly these columns; null for a value it does not have. */
export function onlyColumns(row: Row, columns: Columns): Row {
  return Object.fromEntries(Object.keys(columns).map((column) => [column, row[column] ?? null]));
}

/** Rows by status. */
export function statusesOf(shards: ChunkShard[]): { [status: string]: number } {
  return sumOfCounts(shards.map(({ statuses }) => statuses));
}

/** Rows by flag; empty where none has one. */
export function flagsOf(shards: ChunkShard[]): { [flag: string]: number } {
  return sumOfCounts(shards.map(({ flags = {} }) => flags));
}

function sumOfCounts(counts: { [name: string]: number }[]): { [name: string]: number } {
  const sum: { [name: string]: number } = {};
  for (const each of counts) for (const [name, count] of Object.entries(each)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
