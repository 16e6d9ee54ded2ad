import type { Row } from '../../ports/artifacts.ts';
import type { LedgerRecord } from '../../ports/ledger.ts';
import type { Store } from '../../ports/store.ts';

/** The paid answer that a row was made from, as it came; null for a row without one. The ledger is read for its origin only. */
export async function answerOfRow({ ledger }: Pick<Store, 'ledger'>, row: Row): Promise<LedgerRecord | null> {
  const { request, generation_key: generationKey, origin, answer_digest: digest } = row;
  if (typeof request !== 'string' || typeof generationKey !== 'string' || typeof origin !== 'string') return null;
  for await (const record of ledger.records({ generationKey, lo: origin, hi: `${origin}0` }))
    if (record.request === request && record.answer_digest === digest) return record;
  return null;
}
