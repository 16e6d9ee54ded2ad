import { expect, test } from 'vitest';
import { planOf } from '../rig.ts';

const head = `codepmp: 1
name: t
models:
  m: {endpoint: local-strong, max_tokens: 8}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
`;

test('a pair brings the groups of its sides together, whatever the order in the file', () => {
  const { groups } = planOf(`${head}  pairs: {uses: pair, with: {prompts: a, chosen: x, rejected: y}}
  y: {uses: respond, with: {prompts: b, model: m}}
  x: {uses: respond, with: {prompts: a, model: m}}
  b: {uses: summarize, with: {corpus: code, model: m}}
  a: {uses: clip, with: {prompts: c, keep: 0.5}}
  c: {uses: summarize, with: {corpus: code, model: m, cut: none}}
`);
  expect(groups).toHaveLength(1);
  expect([...(groups[0]?.members ?? [])].sort()).toEqual(['a', 'b', 'c', 'pairs', 'x', 'y']);
  expect(groups[0]?.members.at(-1)).toBe('pairs');
});

test('chains that never meet are groups of their own', () => {
  const { groups } = planOf(`${head}  a: {uses: summarize, with: {corpus: code, model: m}}
  b: {uses: summarize, with: {corpus: code, model: m, cut: none}}
  x: {uses: respond, with: {prompts: a, model: m}}
`);
  expect(groups.map(({ members }) => members)).toEqual([['a', 'x'], ['b']]);
});

test('a side of a pair may be the corpus the prompts were made from', () => {
  const { groups } = planOf(`${head}  a: {uses: summarize, with: {corpus: code, model: m}}
  x: {uses: respond, with: {prompts: a, model: m}}
  pairs: {uses: pair, with: {prompts: a, chosen: code, rejected: x}}
`);
  expect(groups).toEqual([{ members: ['a', 'x', 'pairs'], source: { node: 'code', output: 'out' } }]);
});

test('members of a group come in the order of the plan', () => {
  const chain = Array.from(
    { length: 200 },
    (_, at) => `  c${at + 1}: {uses: clip, with: {prompts: c${at}, keep: 0.5}}\n`,
  ).reverse();
  const plan = planOf(`${head}${chain.join('')}  c0: {uses: summarize, with: {corpus: code, model: m}}\n`);
  expect(plan.groups).toEqual([
    { members: Array.from({ length: 201 }, (_, at) => `c${at}`), source: { node: 'code', output: 'out' } },
  ]);
});
