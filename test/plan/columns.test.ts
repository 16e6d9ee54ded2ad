import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { pairColumns } from '../../plan/columns.ts';

it('the trainer reads columns that pairs have', () => {
  const text = readFileSync(new URL('../../trainer/codepmp_trainer/training/pairs.py', import.meta.url), 'utf8');
  const [, written = ''] = /^PAIR = \(([^)]*)\)/m.exec(text) ?? [];
  const read = [...written.matchAll(/"(\w+)"/g)].map(([, column]) => column);
  expect(read).toContain('chosen');
  expect(Object.keys(pairColumns)).toEqual(expect.arrayContaining(read));
});
