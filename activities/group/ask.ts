import { generationKey, judgeAnswer } from '../../items/index.ts';
import { callsSpent, costOf, type Counts, type Digest, type ModelUse, type Paid } from '../../plan/index.ts';
import { hashOf } from '../../plan/keys.ts';
import type { Chunk } from './work.ts';
import { classified, withDetails } from '../../ports/failure.ts';
import type { Usage } from '../../ports/endpoint.ts';
import type { LedgerRange, LedgerRecord } from '../../ports/ledger.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { askMissing, pricesOf, type AskDependencies, type ChunkRequest } from './ask-missing.ts';

export interface Asked {
  /** Answers by request. A request that was not answered has a record without text, which says why in its finish reason. */
  answers: Map<Digest, LedgerRecord>;
  /** What this execution paid for, or may have to: its answers, and requests that were sent and brought no reply. */
  paid: Paid;
}

/**
 * The answers to a chunk's requests: from the ledger if they were paid for before, otherwise from the endpoint. An answer counts
 * once its commit group is on disk; if anything fails, the answers so far are kept. A request that fails alone fails nothing else.
 */
export async function ask(dependencies: AskDependencies, chunk: Chunk, key: Digest, requests: ChunkRequest[]): Promise<Asked> {
  const { store } = dependencies;
  const model = modelOf(chunk);
  const { lo, hi } = chunk.range;
  const wanted = new Set(requests.map(({ request }) => request));
  const read = () => readAnswers(store, { generationKey: key, lo, hi }, { chunk, model, wanted });
  const answers = await read();
  const missing = requests.filter((each) => !answers.has(each.request));
  chunk.meter.add(chunk.node.id, requests.length - missing.length);
  let lost = 0;
  const paidSoFar = (known: Asked['answers']) => paidIn(known, { chunk, requests, endpoint: model.endpoint, lost });
  if (missing.length > 0) {
    const segment = store.ledger.open({ generationKey: key, lo, hi, step: chunk.node.id, attempt: `${chunk.attempt}` });
    try {
      const allowed = missing.slice(0, Math.max(0, chunk.most - ownIn(answers, chunk, requests).length));
      const isAnswered = missing.length < requests.length;
      const onLost = (): void => void (lost += 1);
      const money = chunk.money - costOf(paidSoFar(answers), pricesOf(dependencies, model));
      const asked = await askMissing(dependencies, { chunk, model, key, segment, missing: allowed, money, isAnswered, onLost });
      for (const record of asked) answers.set(record.request, record);
      const unasked = missing.length - asked.length;
      if (unasked > 0)
        throw classified(callsSpent, `${chunk.node.id}: the budget of the run leaves no call for ${unasked} of its requests`);
    } catch (error) {
      const kept = await segment.close().then(read).catch(() => answers);
      throw withDetails(error, { worked: { [chunk.node.id]: paidSoFar(kept) } });
    }
    await segment.close();
  }
  return { answers, paid: paidSoFar(answers) };
}

/**
 * The wanted answers by request, from a range of the ledger that may have many more. In a later round, only those that can be used and
 * those of that round count. Of several answers to a request it is one that can be used, and among equals the one with the smallest digest.
 */
async function readAnswers(
  { ledger }: Dependencies['store'],
  range: LedgerRange,
  { chunk, model, wanted }: { chunk: Chunk; model: ModelUse; wanted: ReadonlySet<Digest> },
): Promise<Map<Digest, LedgerRecord>> {
  const useful = ['ok', ...(kindOf(chunk.node.kind).useful ?? [])];
  const isUsable = (record: LedgerRecord): boolean => useful.includes(judgeAnswer(record, model.accept).status);
  const found = new Map<Digest, LedgerRecord>();
  const usable = new Set<Digest>();
  for await (const record of ledger.records(range)) {
    const { request, round = 0, answer_digest } = record;
    if (!wanted.has(request)) continue;
    const canBeUsed = isUsable(record);
    if (!canBeUsed && (usable.has(request) || round < chunk.round)) continue;
    const other = found.get(request);
    if (other && canBeUsed === usable.has(request) && other.answer_digest <= answer_digest) continue;
    found.set(request, record);
    if (canBeUsed) usable.add(request);
  }
  return found;
}

/** What the execution of a chunk paid for: its answers among those to the requests, and what it sent in vain in this attempt. */
function paidIn(
  answers: Map<Digest, LedgerRecord>,
  { chunk, requests, endpoint, lost }: { chunk: Chunk; requests: ChunkRequest[]; endpoint: string; lost: number },
): Paid {
  const usages = ownIn(answers, chunk, requests).map(({ usage }) => usage);
  const paid = paidFor(endpoint, [...usages, ...Array.from({ length: lost }, () => null)]);
  return lost === 0 ? paid : { ...paid, lost: { [endpoint]: lost } };
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

/** What a row says of an item that has no answer: why. Nothing for one that has. */
export function failureOf({ failure }: LedgerRecord): { failure?: string } {
  return failure === undefined ? {} : { failure };
}
