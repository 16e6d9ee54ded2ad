import { generationKey } from '../../items/index.ts';
import { callsSpent, type Counts, type Digest, type ModelUse, type Paid } from '../../plan/index.ts';
import { hashOf } from '../../plan/keys.ts';
import type { Chunk } from './work.ts';
import { classified, withDetails } from '../../ports/failure.ts';
import type { Dependencies } from '../dependencies.ts';
import type { AcquiredEndpoint, CompletionRequest, EndpointClient, Usage } from '../../ports/endpoint.ts';
import type { LedgerRecord, LedgerSegment } from '../../ports/ledger.ts';

/** One request of a chunk, identified by the hash of everything that is sent. */
export interface ChunkRequest {
  request: Digest;
  origin: Digest;
  input: CompletionRequest['input'];
  seed: number;
}

type AskDependencies = Pick<Dependencies, 'store' | 'config' | 'machine' | 'servers'>;

export interface Asked {
  /** Answers by request. */
  answers: Map<Digest, LedgerRecord>;
  /** Those among them that this execution paid for. */
  paid: Paid;
}

/**
 * The answers to a chunk's requests: from the ledger if they were paid for before, otherwise from the endpoint. An answer counts
 * once its commit group is on disk; if anything fails, the answers so far are kept.
 */
export async function ask(dependencies: AskDependencies, chunk: Chunk, key: Digest, requests: ChunkRequest[]): Promise<Asked> {
  const { store } = dependencies;
  const model = modelOf(chunk);
  const { lo, hi } = chunk.range;
  const read = () => store.ledger.read({ generationKey: key, lo, hi });
  const answers = await read();
  const missing = requests.filter((each) => !answers.has(each.request));
  chunk.meter.add(chunk.node.id, requests.length - missing.length);
  if (missing.length > 0) {
    const segment = store.ledger.open({ generationKey: key, lo, hi, step: chunk.node.id, attempt: `${chunk.attempt}` });
    try {
      const allowed = missing.slice(0, Math.max(0, chunk.most - ownIn(answers, chunk, requests).length));
      for (const record of await askMissing(dependencies, { chunk, model, segment, missing: allowed })) answers.set(record.request, record);
      if (allowed.length < missing.length)
        throw classified(
          callsSpent,
          `${chunk.node.id}: the budget of the run leaves no call for ${missing.length - allowed.length} of its requests`,
        );
    } catch (error) {
      const kept = await segment.close().then(read, () => answers);
      throw withDetails(error, { worked: { [chunk.node.id]: paidIn(kept, { chunk, requests, endpoint: model.endpoint }) } });
    }
    await segment.close();
  }
  return { answers, paid: paidIn(answers, { chunk, requests, endpoint: model.endpoint }) };
}

/** What the execution of a chunk paid for among the answers to its requests. */
function paidIn(
  answers: Map<Digest, LedgerRecord>,
  { chunk, requests, endpoint }: { chunk: Chunk; requests: ChunkRequest[]; endpoint: string },
): Paid {
  return paidFor(
    endpoint,
    ownIn(answers, chunk, requests).map(({ usage }) => usage),
  );
}

/** The answers to a chunk's requests that its execution has paid for. */
function ownIn(answers: Map<Digest, LedgerRecord>, { execution }: Chunk, requests: ChunkRequest[]): LedgerRecord[] {
  return requests.flatMap(({ request }) => answers.get(request) ?? []).filter(({ by }) => by === execution);
}

function paidFor(endpoint: string, usages: (Usage | null)[]): Paid {
  const by = (number: number): Counts => (number > 0 ? { [endpoint]: number } : {});
  const sum = (key: keyof Usage): Counts => by(usages.reduce((total, usage) => total + (usage?.[key] ?? 0), 0));
  return { calls: by(usages.length), prompt_tokens: sum('prompt_tokens'), completion_tokens: sum('completion_tokens') };
}

interface Missing {
  chunk: Chunk;
  model: ModelUse;
  segment: LedgerSegment;
  missing: ChunkRequest[];
}

async function askMissing(dependencies: AskDependencies, work: Missing): Promise<LedgerRecord[]> {
  const { chunk, model, missing } = work;
  if (missing.length === 0) return [];
  const failed = new AbortController();
  const signal = AbortSignal.any([chunk.signal, failed.signal]);
  const endpoint = await holdEndpoint(dependencies, { name: model.endpoint, chunk, signal });
  const records: LedgerRecord[] = [];
  const askAndCount = async (request: ChunkRequest) => {
    records.push(await askOne(endpoint.client, work, request, signal));
    chunk.meter.add(chunk.node.id, 1);
    if (records.length % spaceCheck === 0) await dependencies.store.assertSpace();
  };
  try {
    await dependencies.store.assertSpace();
    await Promise.all(missing.map((request) => askAndCount(request).catch((error: unknown) => failed.abort(error))));
    signal.throwIfAborted();
    return records;
  } finally {
    endpoint.release();
  }
}

/** Answers between two checks of the free space. */
const spaceCheck = 64;

async function askOne(
  client: EndpointClient,
  { chunk, model, segment }: Missing,
  { request, origin, input, seed }: ChunkRequest,
  signal: AbortSignal,
): Promise<LedgerRecord> {
  const { sampling, stop } = model;
  const { text, finish_reason, usage, model: served } = await client.complete({ input, sampling, stop, seed, signal });
  return segment.append({ request, origin, text, finish_reason, usage, model: served, by: chunk.execution });
}

/** An endpoint ready for requests. One that we serve on this machine waits until none of our processes holds the machine. */
async function holdEndpoint(
  { config, machine, servers }: AskDependencies,
  { name, chunk, signal }: { name: string; chunk: Chunk; signal: AbortSignal },
): Promise<Pick<AcquiredEndpoint, 'client' | 'release'>> {
  const leave = config.endpoints[name]?.serve ? await machine.shared(signal) : () => {};
  chunk.begin();
  try {
    const endpoint = await servers.acquire(name, { signal });
    return {
      client: endpoint.client,
      release: () => {
        endpoint.release();
        leave();
      },
    };
  } catch (error) {
    leave();
    throw error;
  }
}

/**
 * The key of a step's answers in the ledger. A run that asks for them again has its own key: it uses no earlier answers, but after a
 * crash those that it has paid for.
 */
export function generationOf(chunk: Chunk, template: string): Digest {
  const shared = generationKey(modelOf(chunk), template);
  return chunk.again === null ? shared : hashOf({ generation: shared, again: chunk.again });
}

/** The model a step calls; the compiler gives one to every such step. */
export function modelOf(chunk: Chunk): ModelUse {
  const model = chunk.node.models['model'];
  if (!model) throw new Error(`${chunk.node.id}: a ${chunk.node.kind} step calls a model`);
  return model;
}
