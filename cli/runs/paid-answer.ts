import type { Row } from '../../ports/artifacts.ts';
import type { LedgerRecord } from '../../ports/ledger.ts';
import type { Store } from '../../ports/store.ts';

/** The paid answer that a row was made from, as it came; null for a row without one. The ledger is read for its origin only. */
export async function answerOfRow(store: Pick<Store, 'ledger'>, row: Row): Promise<LedgerRecord | null> {
  return (await answersOfRows(store, [row])).get(row) ?? null;
}

/**
 * The paid answers of rows that were made from one. The ledger is read once for each step that they are of, from the first of their
 * origins to the last.
 */
export async function answersOfRows({ ledger }: Pick<Store, 'ledger'>, rows: readonly Row[]): Promise<Map<Row, LedgerRecord>> {
  const answers = new Map<Row, LedgerRecord>();
  const isText = (value: unknown) => typeof value === 'string';
  const asked = rows.filter((row) => isText(row['request']) && isText(row['generation_key']) && isText(row['origin']));
  for (const [generationKey, own] of Map.groupBy(asked, (row) => String(row['generation_key']))) {
    const left = Map.groupBy(own, (row) => `${String(row['request'])} ${String(row['answer_digest'])}`);
    const origins = own.map(({ origin }) => String(origin)).sort();
    for await (const record of ledger.records({ generationKey, lo: origins[0] ?? '', hi: `${origins.at(-1)}0` })) {
      const name = `${record.request} ${record.answer_digest}`;
      for (const row of left.get(name) ?? []) answers.set(row, record);
      if (left.delete(name) && left.size === 0) break;
    }
  }
  return answers;
}
