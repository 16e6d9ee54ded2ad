import { costOf, type Digest, type ModelUse, type TokenPrices } from '../../plan/index.ts';
import { hashOf } from '../../plan/keys.ts';
import type { AcquiredEndpoint, CompletionRequest, EndpointClient, ItemFailure, Usage } from '../../ports/endpoint.ts';
import type { LedgerRecord, LedgerSegment } from '../../ports/ledger.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Chunk } from './work.ts';

/** One request of a chunk, identified by the hash of everything that is sent. */
export interface ChunkRequest {
  request: Digest;
  origin: Digest;
  input: CompletionRequest['input'];
  seed: number;
}

export type AskDependencies = Pick<Dependencies, 'store' | 'config' | 'machine' | 'pools' | 'servers'>;

interface Missing {
  chunk: Chunk;
  model: ModelUse;
  /** The generation in the ledger. */
  key: Digest;
  segment: LedgerSegment;
  missing: ChunkRequest[];
  /** What they may cost: once the answers have cost as much, no more are sent. Infinity: not limited. */
  money: number;
  /** Whether other requests of the chunk are answered already. */
  isAnswered: boolean;
  /** Told of each request that was sent and brought no reply. */
  onLost: () => void;
}

/** Answers between two checks of the free space. */
const spaceCheck = 64;

/** Milliseconds between two looks at the trouble of the endpoint. */
const reportEvery = 1000;

/** Time for the requests in flight of a step that is stopped, milliseconds: most are answered by then, and are paid for anyway. */
const grace = 5000;

/** Requests that fail without an answer among them before the failure counts as that of all. */
const convincing = 16;

/**
 * Asks the endpoint, and appends the answers to the ledger: of all requests, unless the money is spent before. A request that fails alone
 * gets a record that is not kept; an error ends the other requests, as does a failure of all requests alike. Where the step is stopped,
 * nothing more is sent, and what is in flight may still be answered for a while.
 */
export async function askMissing(dependencies: AskDependencies, work: Missing): Promise<LedgerRecord[]> {
  const { chunk, model, missing } = work;
  let left = work.money;
  if (missing.length === 0 || left <= 0) return [];
  const [failed, spent] = [new AbortController(), new AbortController()];
  const unsent = AbortSignal.any([chunk.signal, failed.signal, spent.signal]);
  const endpoint = await holdEndpoint(dependencies, { name: model.endpoint, chunk, signal: unsent });
  const stopped = abortsAfter(chunk.signal, grace);
  const signal = AbortSignal.any([stopped.signal, failed.signal]);
  const records: LedgerRecord[] = [];
  let failures = 0;
  let { isAnswered } = work;
  const onAnswer = (usage: Usage | null): void => {
    left -= costOfAnswer(usage, model.endpoint, pricesOf(dependencies, model));
    if (left <= 0) spent.abort();
  };
  const recordOf = async (request: ChunkRequest): Promise<LedgerRecord> => {
    try {
      const record = await askOne(endpoint.client, work, request, { signal, unsent, onAnswer });
      isAnswered = true;
      return record;
    } catch (error) {
      const { item } = error as Partial<ItemFailure>;
      if (item === undefined || signal.aborted) throw error;
      failures += 1;
      if (!isAnswered && (await isHopeless(dependencies, work, failures))) throw error;
      return withoutAnswer(request, error as ItemFailure);
    }
  };
  const askAndCount = async (request: ChunkRequest) => {
    records.push(await recordOf(request));
    chunk.meter.add(chunk.node.id, 1);
    if (records.length % spaceCheck === 0) await dependencies.store.assertSpace();
  };
  const stop = (error: unknown): void => {
    if (error !== spent.signal.reason && error !== chunk.signal.reason) failed.abort(error);
  };
  const stopReports = reportTrouble(chunk, endpoint.client);
  try {
    await dependencies.store.assertSpace();
    await Promise.all(missing.map((request) => askAndCount(request).catch(stop)));
    failed.signal.throwIfAborted();
    chunk.signal.throwIfAborted();
    return records;
  } finally {
    stopReports();
    stopped.end();
    endpoint.release();
  }
}

/** The price of tokens of a model's endpoint, if it has one. */
export function pricesOf({ config }: Pick<AskDependencies, 'config'>, { endpoint }: ModelUse): TokenPrices {
  const { price } = config.endpoints[endpoint] ?? {};
  return price ? { [endpoint]: price } : {};
}

function costOfAnswer(usage: Usage | null, endpoint: string, prices: TokenPrices): number {
  const { prompt_tokens = 0, completion_tokens = 0 } = usage ?? {};
  return costOf({ prompt_tokens: { [endpoint]: prompt_tokens }, completion_tokens: { [endpoint]: completion_tokens } }, prices);
}

async function askOne(
  client: EndpointClient,
  { chunk, model, segment, onLost }: Missing,
  { request, origin, input, seed }: ChunkRequest,
  { onAnswer, ...signals }: { signal: AbortSignal; unsent: AbortSignal; onAnswer: (usage: Usage | null) => void },
): Promise<LedgerRecord> {
  const { sampling, stop } = model;
  const { text, finish_reason, usage, model: served } = await client.complete({ input, sampling, stop, seed, ...signals, onLost });
  onAnswer(usage);
  const round = chunk.round > 0 && { round: chunk.round };
  return segment.append({ request, origin, text, finish_reason, usage, model: served, by: chunk.execution, ...round });
}

/** The record of a request that was not answered. It is in no ledger: whoever needs the answer later asks again. */
function withoutAnswer({ request, origin }: ChunkRequest, { item, why }: ItemFailure): LedgerRecord {
  const answer_digest = hashOf({ request, item });
  return { request, origin, text: '', finish_reason: item, usage: null, model: '', answer_digest, by: '', failure: why };
}

/**
 * Whether so many failures, and no answer, mean that no request can be answered: there are many, or they are all requests of the chunk
 * and the generation has no answer at all.
 */
async function isHopeless(
  { store, config }: AskDependencies,
  { key, model, missing }: Pick<Missing, 'key' | 'model' | 'missing'>,
  failures: number,
): Promise<boolean> {
  const { concurrency = 1 } = config.endpoints[model.endpoint] ?? {};
  if (failures < Math.min(missing.length, Math.max(convincing, 2 * concurrency))) return false;
  if (failures >= convincing) return true;
  for await (const _ of store.ledger.records({ generationKey: key, lo: '', hi: null })) return false;
  return true;
}

/** A signal that aborts some milliseconds after another, with its reason; `end` is to be called when nobody waits for it any more. */
function abortsAfter(signal: AbortSignal, ms: number): { signal: AbortSignal; end: () => void } {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => void (timer = setTimeout(() => late.abort(signal.reason), ms));
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  const end = (): void => {
    signal.removeEventListener('abort', start);
    clearTimeout(timer);
  };
  return { signal: late.signal, end };
}

/** Shows the trouble that an endpoint is in, while it is waited out. Returns what ends that. */
function reportTrouble({ meter, node }: Chunk, client: EndpointClient): () => void {
  let shown: string | null = null;
  const timer = setInterval(() => {
    const trouble = client.trouble();
    if (trouble !== shown) meter.trouble(node.id, trouble);
    shown = trouble;
  }, reportEvery);
  return () => clearInterval(timer);
}

/** An endpoint ready for requests. One that we serve waits until none of our processes holds the machine or the pool that it runs on. */
async function holdEndpoint(
  { config, machine, pools, servers }: AskDependencies,
  { name, chunk, signal }: { name: string; chunk: Chunk; signal: AbortSignal },
): Promise<Pick<AcquiredEndpoint, 'client' | 'release'>> {
  const { serve } = config.endpoints[name] ?? {};
  const place = serve?.pool === undefined ? machine : pools(serve.pool).machine;
  const leave = serve ? await place.shared(signal) : () => {};
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
