import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFileStore } from '../../../adapters/index.ts';
import { answersOfRows } from '../../../cli/runs/paid-answer.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import { record, sha256 } from '../../contracts/store-contract.ts';

it('finds the answers of many rows by one look at the ledger of each step', async () => {
  const root = await mkdtemp(join(tmpdir(), 'codepmp-answers-'));
  const { ledger } = await openFileStore({ root });
  const rows = [];
  for (const generationKey of ['one', 'other'].map(sha256)) {
    const segment = ledger.open({ generationKey, lo: '', hi: null, step: 'a', attempt: '1' });
    const paid = await Promise.all(Array.from({ length: 40 }, (_, index) => segment.append(record(`${generationKey} ${index}`))));
    await segment.close();
    rows.push(...paid.map(({ request, origin, answer_digest }) => ({ request, origin, answer_digest, generation_key: generationKey })));
  }
  let looks = 0;
  const counted: Ledger = { ...ledger, records: (range) => (looks++, ledger.records(range)) };
  const unknown = { ...rows[0], answer_digest: sha256('none') };
  const found = await answersOfRows({ ledger: counted }, [{ name: 'without an answer' }, unknown, ...rows]);
  expect([found.size, found.has(unknown), looks]).toEqual([80, false, 2]);
  for (const [row, answer] of found) expect(answer).toMatchObject({ request: row['request'], answer_digest: row['answer_digest'] });
  await rm(root, { recursive: true });
});
