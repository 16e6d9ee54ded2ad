import { Context } from '@temporalio/activity';
import { hashOf, hashInOrder } from '../../plan/keys.ts';
import { createKept } from '../../plan/index.ts';
import type { ChunkInput, ChunkOutput, Digest, FailureDetails, Json, Paid, PlanNode, Worked } from '../../plan/index.ts';
import { chunkItems } from '../../plan/limits.ts';
import type { Config } from '../../ports/configuration.ts';
import { withDetails, type ClassifiedError } from '../../ports/failure.ts';
import { perItem } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Store } from '../../ports/store.ts';
import { placeChunk, publishChunk, readChunk, readPlacedChunk, type ChunkShard } from '../../records/chunk.ts';
import type { ChunkPlace } from '../../records/names.ts';
import { readTable, type ChunkTable } from './open.ts';
import { createRoom, type TakeRoom } from './room.ts';
import { sliceRows, type ChunkRange, type OriginRow } from './slices.ts';
import type { OpenedWork } from '../run/unit-work.ts';
import { workOf, type Works } from '../works.ts';
import type { Chunk } from './work.ts';

/** The cost of work without model calls. */
export const nothingPaid: Paid = { calls: {}, prompt_tokens: {}, completion_tokens: {} };

/**
 * One step of one chunk. The output shard is recorded write-once under the chunk's key, the hash of what the step does and the rows
 * that enter it; a chunk that already exists, from this run or another, is not made again.
 */
export function chunk(dependencies: Dependencies, works: Works) {
  const roomOf = roomsOf(dependencies.config);
  return async (input: OpenedWork<ChunkInput>): Promise<ChunkOutput> => {
    const { node, range } = await findChunk(dependencies.store, input);
    const endpoint = node.models['model']?.endpoint;
    const leave = endpoint === undefined ? null : await roomOf(endpoint)(range.items * perItem(node), Context.current().cancellationSignal);
    try {
      return await onChunk(dependencies, works, input);
    } finally {
      leave?.();
    }
  };
}

/** Room for the requests to an endpoint: enough that there are always some to send, while finished chunks are stored. */
function roomsOf({ endpoints }: Pick<Config, 'endpoints'>): (endpoint: string) => TakeRoom {
  const rooms = createKept<string, TakeRoom>();
  return (name) => rooms(name, () => createRoom(Math.max(3 * chunkItems.most, 4 * (endpoints[name]?.concurrency ?? 1))));
}

async function onChunk(dependencies: Dependencies, works: Works, input: OpenedWork<ChunkInput>): Promise<ChunkOutput> {
  const { store, artifacts } = dependencies;
  let began: number | null = null;
  const opened = await openChunk(dependencies, input, () => (began ??= Date.now()));
  const key = chunkKey(input, opened);
  const known = await readChunk(store, key, { use: true });
  const size = opened.range.items * perItem(opened.node);
  if (known) {
    opened.meter.add(opened.node.id, size);
    await placeChunk(store, placeOfChunk(input), known.shard);
    return { shard: known.shard.digest, ...(known.by === input.execution ? (known.paid ?? nothingPaid) : nothingPaid) };
  }
  const workedFor = (paid: Paid): Worked => ({ ...paid, ...(began !== null && { ran: [[began, Date.now()]] }) });
  let paid = nothingPaid;
  try {
    const done = await workOf(works, opened.node, 'map').work(dependencies, opened);
    paid = done.paid ?? nothingPaid;
    const { digest, bytes: length } = await artifacts.writeJsonl(done.rows);
    const shard: ChunkShard = { digest, rows: done.rows.length, bytes: length, ...countRows(done.rows) };
    const worked = workedFor(paid);
    const { shard: winner } = await publishChunk(store, key, { shard, paid: worked, by: input.execution });
    await placeChunk(store, placeOfChunk(input), winner);
    opened.meter.trouble(opened.node.id, null);
    return { shard: winner.digest, ...worked };
  } catch (error) {
    if (!opened.signal.aborted) opened.meter.trouble(opened.node.id, troubleOf(error));
    const { worked = {} } = error as FailureDetails;
    throw withDetails(error, { worked: { [opened.node.id]: workedFor(worked[opened.node.id] ?? paid) } });
  }
}

/** A failure on one line: its class and its message. */
function troubleOf(error: unknown): string {
  const { class: of = 'job-failed', message = String(error) } = error as Partial<ClassifiedError>;
  return `${of}: ${message.split('\n')[0] ?? ''}`;
}

/** The output shards of one member in the order of the chunks. */
export async function chunkShards(
  store: Store,
  input: Pick<OpenedWork<ChunkInput>, 'unit' | 'key' | 'table'>,
  node: string,
  chunks: number,
): Promise<ChunkShard[]> {
  const shards: ChunkShard[] = [];
  for (let from = 0; from < chunks; from += recordsAtOnce) {
    const numbers = Array.from({ length: Math.min(recordsAtOnce, chunks - from) }, (_, index) => from + index);
    const records = await Promise.all(numbers.map((chunk) => readPlacedChunk(store, placeOfChunk({ ...input, node, chunk }))));
    for (const [index, shard] of records.entries()) {
      if (!shard) throw new Error(`${input.unit.id}: chunk ${from + index} of ${node} left no shard`);
      shards.push(shard);
    }
  }
  return shards;
}

/** Records of chunks that are open at once. */
const recordsAtOnce = 64;

/** Members are identified by their position in the group, so that renamed steps find the same shards. */
function placeOfChunk({
  unit,
  key,
  table,
  node,
  chunk,
}: Pick<OpenedWork<ChunkInput>, 'unit' | 'key' | 'table' | 'node' | 'chunk'>): ChunkPlace {
  return { group: key, table, member: unit.nodes.findIndex((each) => each.id === node), chunk };
}

/** Counts rows by status, and those that have a flag by flag. */
function countRows(rows: OriginRow[]): Pick<ChunkShard, 'statuses' | 'flags'> {
  const statuses: { [status: string]: number } = {};
  const flags: { [flag: string]: number } = {};
  for (const { status = 'ok', flag } of rows) {
    statuses[String(status)] = (statuses[String(status)] ?? 0) + 1;
    if (typeof flag === 'string') flags[flag] = (flags[flag] ?? 0) + 1;
  }
  return { statuses, ...(Object.keys(flags).length > 0 && { flags }) };
}

/** What a chunk is of: its step, its range, and what else the table of chunks says. */
async function findChunk(
  store: Store,
  { unit, node: id, table, chunk: number }: OpenedWork<ChunkInput>,
): Promise<Omit<ChunkTable, 'ranges'> & { node: PlanNode; range: ChunkRange }> {
  const node = unit.nodes.find((each) => each.id === id);
  const { ranges, ...rest } = await readTable(store, table);
  const range = ranges[number];
  if (!node || !range) throw new Error(`${unit.id}: no chunk ${number} of ${id}`);
  return { ...rest, node, range };
}

async function openChunk(dependencies: Dependencies, input: OpenedWork<ChunkInput>, onBegin: () => void): Promise<Chunk> {
  const { node, range, items, sorted } = await findChunk(dependencies.store, input);
  const rows: { [name: string]: OriginRow[] } = {};
  for (const [name, refs] of Object.entries(node.inputs)) {
    const entering = [...(input.unit.inputs[node.id]?.[name] ?? [])];
    for (const ref of refs) {
      const shard = input.upstream[ref.node];
      rows[name] = shard
        ? await dependencies.artifacts.readJsonl<OriginRow>(shard)
        : await sliceRows(dependencies.artifacts, sorted[entering.shift() ?? ''] ?? '', range);
    }
  }
  const meter = dependencies.meters.of(input.key, input.execution);
  meter.expect(node.id, items * perItem(node));
  const { cancellationSignal: signal, info } = Context.current();
  const { again = null, round = 0, content = null } = (input.parts[node.id] ?? {}) as { again?: string; round?: number; content?: string };
  const begin = () => {
    onBegin();
    meter.begin();
  };
  if (Object.keys(node.models).length === 0) begin();
  return {
    node,
    range,
    index: input.chunk,
    again,
    content,
    round,
    most: input.most ?? Infinity,
    money: input.money ?? Infinity,
    rows,
    execution: input.execution,
    attempt: info.attempt,
    signal,
    meter,
    begin,
  };
}

function chunkKey(input: OpenedWork<ChunkInput>, { node, range, rows }: Chunk): Digest {
  const { lo, hi } = range;
  const contents = Object.fromEntries(Object.entries(rows).map(([name, each]) => [name, hashInOrder(each as unknown as Json)]));
  return hashOf({ parts: input.parts[node.id] ?? {}, lo, hi, inputs: contents });
}
