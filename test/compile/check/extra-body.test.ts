import { expect, test } from 'vitest';
import { generationKey } from '../../../items/index.ts';
import { compileText, keysOf, planOf } from '../rig.ts';

const textWith = (extra: string) => `codepmp: 1
name: t
params:
  thinking: {type: boolean, default: false}
models:
  strong: {endpoint: local-strong, max_tokens: 64${extra}}
steps:
  code: {uses: source/files, with: {source: python-stdlib, take: 20}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
`;

const samplingOf = (extra: string) => modelOf(extra).sampling;

function modelOf(extra: string) {
  const model = planOf(textWith(extra)).nodes.find(({ id }) => id === 'prompts')?.models['model'];
  if (!model) throw new Error('no model');
  return model;
}

const withThinking = ', extra_body: {chat_template_kwargs: {enable_thinking: $thinking}, provider: {order: [one, two], ignore: null}}';

test('the extra fields of a model are in the plan, with params replaced', () => {
  expect(samplingOf(withThinking).extra_body).toEqual({
    chat_template_kwargs: { enable_thinking: false },
    provider: { order: ['one', 'two'], ignore: null },
  });
});

test('the extra fields of a model decide its results and its answers, and their order does not', () => {
  const extras = ['', ', extra_body: {a: 1, b: 2}', ', extra_body: {a: 1, b: 3}'];
  const keys = extras.map((extra) => keysOf(planOf(textWith(extra)))['prompts']);
  const generations = extras.map((extra) => generationKey(modelOf(extra), 'template'));
  expect(new Set(keys).size).toBe(3);
  expect(new Set(generations).size).toBe(3);
  expect(keysOf(planOf(textWith(', extra_body: {b: 2, a: 1}')))['prompts']).toBe(keys[1]);
  expect(generationKey(modelOf(', extra_body: {b: 2, a: 1}'), 'template')).toBe(generations[1]);
});

test('a model without extra fields has none in its plan, so that its keys are those of before', () => {
  expect(Object.keys(samplingOf(''))).toEqual(['temperature', 'top_p', 'top_k', 'min_p', 'max_tokens']);
});

test.each([
  ['stop', 'write stop beside extra_body'],
  ['model', 'the endpoint names the model: remove it'],
  ['stream', 'codepmp sets it for each request: remove it'],
])('%s among the extra fields is refused with the key that is meant', (field, hint) => {
  expect(compileText(textWith(`, extra_body: {${field}: x}`)).diagnostics).toMatchObject([{ code: 'E0110', got: field, hint }]);
});

test('no extra fields are written by leaving the key out', () => {
  expect(compileText(textWith(', extra_body: {}')).diagnostics).toMatchObject([{ code: 'E0113', got: '0 keys' }]);
});
