import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { candidateColumns, choiceColumns, pairColumns } from '../../plan/columns.ts';

const tables: { [task: string]: object } = { pairs: pairColumns, choices: choiceColumns, candidates: candidateColumns };

it('the scorer reads columns that artifacts have', () => {
  const text = readFileSync(new URL('../../trainer/score.py', import.meta.url), 'utf8');
  const [, table = ''] = /^COLUMNS = \{\n(.*?)^\}/ms.exec(text) ?? [];
  const read = [...table.matchAll(/"(\w+)": \(([^)]*)\)/g)].map(([, task = '', columns = '']) => ({
    task,
    columns: [...columns.matchAll(/"(\w+)"/g)].map(([, column]) => column),
  }));
  expect(read.map(({ task }) => task).sort()).toEqual(Object.keys(tables).sort());
  for (const { task, columns } of read) expect(Object.keys(tables[task] ?? {})).toEqual(expect.arrayContaining(columns));
});
