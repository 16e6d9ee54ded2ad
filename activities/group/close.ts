import type { CloseInput, DataStatistics, Digest, JsonObject, PlanNode, UnitSummary, WaterfallStage } from '../../plan/index.ts';
import { secondsIn } from '../../plan/index.ts';
import { pairColumns } from '../../plan/columns.ts';
import { describePairs } from '../../stats/index.ts';
import type { PairRow } from '../../stats/index.ts';
import { chunkShards } from './chunk.ts';
import type { ChunkShard } from '../../records/chunk.ts';
import { classified, withDetails } from '../../ports/failure.ts';
import type { Dependencies } from '../dependencies.ts';
import { knownInputs } from '../run/lookup.ts';
import { readTable } from './open.ts';
import type { Columns, Row } from '../../ports/artifacts.ts';
import { publishResult } from '../../records/results.ts';
import type { Opened } from '../run/unit-work.ts';

/**
 * Makes artifacts of a group's chunks and records them. Prompts and responses keep their chunks as shards; pairs and
 * candidates become parquet, whose bytes do not depend on the size of the chunks.
 */
export function closeGroup(dependencies: Dependencies) {
  return async (input: Opened<CloseInput>): Promise<UnitSummary> => {
    const chunks = (await readTable(dependencies, input.table)).length;
    const shards = new Map<string, ChunkShard[]>();
    const results: UnitSummary = {};
    const began = Date.now();
    const spans = Object.values(input.worked).flatMap(({ ran = [] }) => ran);
    for (const node of input.unit.nodes) {
      shards.set(node.id, await chunkShards(dependencies.store, input, node.id, chunks));
      const inputs = knownInputs(node, input.unit, results);
      if (!inputs) throw new Error(`${node.id}: closed before the members it reads`);
      const out = await artifactOf(dependencies, { node, nodes: input.unit.nodes, shards, inputs });
      results[node.id] = await publishResult(dependencies.store, {
        node,
        parts: input.parts[node.id] ?? {},
        inputs,
        outputs: { out },
        ...input.worked[node.id],
        seconds: secondsIn([...spans, [began, Date.now()]]),
      });
    }
    return results;
  };
}

interface Member {
  node: PlanNode;
  nodes: PlanNode[];
  /** Shards of this member and of those before it. */
  shards: Map<string, ChunkShard[]>;
  inputs: { [name: string]: Digest[] };
}

async function artifactOf(dependencies: Dependencies, member: Member): Promise<Digest> {
  const { node } = member;
  if (node.kind === 'pair') return pairsOf(dependencies, member);
  if (node.kind === 'candidates') return candidatesOf(dependencies, member);
  const own = member.shards.get(node.id) ?? [];
  const shards = own.map(({ digest, rows, bytes }) => ({ digest, rows, bytes }));
  const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
  return dependencies.artifacts.writeManifest({ type: node.outputs['out'] ?? '', rows, shards, meta: { statuses: statusesOf(own) } });
}

async function pairsOf(dependencies: Dependencies, member: Member): Promise<Digest> {
  const { artifacts } = dependencies;
  const { node, shards } = member;
  const rows = await rowsOf(dependencies, shards.get(node.id) ?? []);
  const pairs = rows.filter((row) => row['status'] === 'ok');
  const dropped = rows.filter((row) => row['status'] !== 'ok');
  const statistics = describe(member, pairs as unknown as PairRow[]);
  assertKeepRate(node, statistics);
  const rejected = await artifacts.writeJsonl(dropped);
  const meta = { prompt_format: 'code-description', rejected: rejected.digest, statistics } as unknown as JsonObject;
  const parquet = await artifacts.writeParquet({ columns: pairColumns, rows: pairs.map((row) => onlyColumns(row, pairColumns)) });
  return artifacts.writeManifest({ type: 'pairs', rows: pairs.length, shards: parquet, meta });
}

function describe({ node, nodes, shards, inputs }: Member, rows: PairRow[]): DataStatistics {
  const side = (name: string) => {
    const statuses = statusesOf(shards.get(node.inputs[name]?.[0]?.node ?? '') ?? []);
    const kept = statuses['ok'] ?? 0;
    const waited = statuses['no-prompt'] ?? 0;
    return { kept, of: Object.values(statuses).reduce((sum, count) => sum + count, 0) - waited };
  };
  const sides = { chosen: side('chosen'), rejected: side('rejected') };
  const first = shards.get(nodes[0]?.id ?? '') ?? [];
  const waterfall: WaterfallStage[] = [{ stage: 'source', count: first.reduce((sum, shard) => sum + shard.rows, 0), reason: '' }];
  for (const each of nodes.filter((other) => other.kind !== 'clip' && shards.has(other.id)))
    for (const [status, count] of Object.entries(statusesOf(shards.get(each.id) ?? [])))
      waterfall.push({ stage: each.id, count, reason: status === 'ok' ? '' : status });
  return describePairs({ rows, keep: inputs['chosen'] && sides.chosen.of > 0 ? sides : null, waterfall });
}

/** A side that keeps too few of its answers says that something is wrong with its model, not with the items. */
function assertKeepRate(node: PlanNode, { keep }: DataStatistics): void {
  const floor = Number(node.settings['min_keep_rate'] ?? 0);
  for (const name of ['chosen', 'rejected'] as const) {
    const rate = keep?.[name].value ?? 1;
    if (rate >= floor) continue;
    const message = `${node.id}: only ${(rate * 100).toFixed(1)} % of the ${name} answers are usable, expected at least ${floor * 100} %`;
    const next = `See what they look like: codepmp show ${node.inputs[name]?.[0]?.node}`;
    throw withDetails(classified('quality', `${message}. ${next}`), { node: node.id });
  }
}

const candidateColumns: Columns = {
  question: 'int',
  ordinal: 'int',
  rm_prompt: 'string',
  text: 'string',
  finish_reason: 'string',
  gold: 'string',
};

async function candidatesOf(dependencies: Dependencies, { node, shards, inputs }: Member): Promise<Digest> {
  const { artifacts } = dependencies;
  const own = shards.get(node.id) ?? [];
  const rows = await rowsOf(dependencies, own);
  const place = (row: Row) => Number(row['question']) * Number(node.settings['n']) + Number(row['sample']);
  const ordered = rows
    .sort((a, b) => place(a) - place(b))
    .map((row) => onlyColumns({ ...row, ordinal: row['sample'] ?? null }, candidateColumns));
  const parquet = await artifacts.writeParquet({ columns: candidateColumns, rows: ordered });
  const { meta } = await artifacts.readManifest(inputs['questions']?.[0] ?? '');
  const statuses = statusesOf(own);
  return artifacts.writeManifest({ type: 'candidates', rows: rows.length, shards: parquet, meta: { ...meta, statuses } });
}

async function rowsOf({ artifacts }: Dependencies, shards: ChunkShard[]): Promise<Row[]> {
  return (await Promise.all(shards.map((shard) => artifacts.readJsonl<Row>(shard.digest)))).flat();
}

function onlyColumns(row: Row, columns: Columns): Row {
  return Object.fromEntries(Object.keys(columns).map((column) => [column, row[column] ?? null]));
}

function statusesOf(shards: ChunkShard[]): { [status: string]: number } {
  const sum: { [status: string]: number } = {};
  for (const { statuses } of shards)
    for (const [status, count] of Object.entries(statuses)) sum[status] = (sum[status] ?? 0) + count;
  return sum;
}
