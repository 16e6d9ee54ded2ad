import { generationKey } from '../../items/index.ts';
import { callsSpent, type Counts, type Digest, type ModelUse, type Paid } from '../../plan/index.ts';
import { hashOf } from '../../plan/keys.ts';
import type { Chunk } from './work.ts';
import { classified, withDetails } from '../../ports/failure.ts';
import type { Usage } from '../../ports/endpoint.ts';
import type { LedgerRecord } from '../../ports/ledger.ts';
import { askMissing, type AskDependencies, type ChunkRequest } from './ask-missing.ts';

export interface Asked {
  /** Answers by request. A request that was not answered has a record without text, which says why in its finish reason. */
  answers: Map<Digest, LedgerRecord>;
  /** Those among them that this execution paid for. */
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
  const read = () => store.ledger.read({ generationKey: key, lo, hi });
  const answers = await read();
  const missing = requests.filter((each) => !answers.has(each.request));
  chunk.meter.add(chunk.node.id, requests.length - missing.length);
  if (missing.length > 0) {
    const segment = store.ledger.open({ generationKey: key, lo, hi, step: chunk.node.id, attempt: `${chunk.attempt}` });
    try {
      const allowed = missing.slice(0, Math.max(0, chunk.most - ownIn(answers, chunk, requests).length));
      const isAnswered = missing.length < requests.length;
      for (const record of await askMissing(dependencies, { chunk, model, key, segment, missing: allowed, isAnswered }))
        answers.set(record.request, record);
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
