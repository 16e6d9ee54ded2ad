import { describe, expect, test } from 'vitest';
import { compileText, planOf } from '../rig.ts';
import type { ParamValues } from '../../../plan/index.ts';

const text = `codepmp: 1
name: t
params:
  size: {type: integer, default: 10, minimum: 5, maximum: 20}
  keep: {type: number, default: 0.5}
  unit: {enum: [words, characters], default: words}
  eoc: {type: boolean, default: false}
  init: {type: checkpoint, default: pmp}
  model: {type: string, default: strong}
models:
  strong: {endpoint: local-strong, max_tokens: 64}
  weak: {endpoint: local-weak, max_tokens: 32}
steps:
  code: {uses: source/files, with: {source: python-stdlib, take: $size}}
  prompts: {uses: summarize, with: {corpus: code, model: $model}}
  half: {uses: clip, with: {prompts: prompts, keep: $keep, unit: $unit}}
  data: {uses: dataset/arithmetic}
  pmp: {uses: train/pmp, with: {base: smollm2-135m-instruct, pairs: data.train, eoc: $eoc}}
  rm: {uses: train/rm, with: {init: $init, pairs: data.train}}
`;

const node = (id: string, set: ParamValues) => planOf(text, set).nodes.find((each) => each.id === id);

test('text of a command line takes the type of its param', () => {
  expect(node('code', { size: '12' })?.settings['take']).toBe(12);
  expect(node('half', { keep: '2e-1', unit: 'characters' })?.settings).toEqual({ keep: 0.2, unit: 'characters' });
  expect(node('pmp', { eoc: 'true' })?.settings['eoc']).toBe(true);
});

test('a number of an enum may be written in any way', () => {
  const sizes = text.replace('{type: integer, default: 10, minimum: 5, maximum: 20}', '{enum: [1, 2, 4], default: 1}');
  const taken = (size: string | number) => planOf(sizes, { size }).nodes.find(({ id }) => id === 'code')?.settings['take'];
  expect([taken('2'), taken('2.0'), taken(2), taken('4e0')]).toEqual([2, 2, 2, 4]);
  expect(compileText(sizes, { size: '3.0' }).diagnostics).toMatchObject([{ code: 'E0124', expected: 'one of 1, 2, 4' }]);
});

test('what came is told as the param reads it', () => {
  const came = (set: ParamValues) => compileText(text, set).diagnostics.map(({ got }) => got);
  expect([came({ size: '50' }), came({ size: 50 }), came({ size: 'ten' })]).toEqual([['the number 50'], ['the number 50'], ['text "ten"']]);
});

test('a param names a step, weights or a model', () => {
  expect(node('rm', {})?.inputs['init']).toEqual([{ node: 'pmp', output: 'out' }]);
  expect(node('rm', { init: 'smollm2-135m-instruct' })?.inputs).toEqual({ pairs: [{ node: 'data', output: 'train' }] });
  expect(node('rm', { init: 'smollm2-135m-instruct' })?.resources['init']?.name).toBe('smollm2-135m-instruct');
  expect(node('prompts', { model: 'weak' })?.models['model']?.sampling.max_tokens).toBe(32);
});

test('a param at its default has the key of the plain value', () => {
  const plain = text.replace('take: $size', 'take: 10');
  expect(node('code', {})?.key).toBe(planOf(plain).nodes.find(({ id }) => id === 'code')?.key);
});

test('a name that is set and not known is marked where its param is declared, beside its use', () => {
  expect(compileText(text, { init: 'pmpp' }).rendered[0])
    .toBe(`pipeline.yaml:8:3: error[E0130]: pmpp is neither a step nor weights of the configuration
   |
 6 |   unit: {enum: [words, characters], default: words}
 7 |   eoc: {type: boolean, default: false}
 8 |   init: {type: checkpoint, default: pmp}
   |   ^^^^ did you mean pmp?
 9 |   model: {type: string, default: strong}
  ::: pipeline.yaml:19:37
   |
19 |   rm: {uses: train/rm, with: {init: $init, pairs: data.train}}
   |                                     -----
   |                              $init is used here, its value comes from --set
   = expected: checkpoint: pmp, rm, smollm2-135m-instruct, my-base
   = got:      pmpp`);
});

describe('a value that is set and does not fit', () => {
  test.each<[ParamValues, string]>([
    [{ size: 'ten' }, '4:3: error[E0124]: --set size=ten does not fit the param'],
    [{ size: 50 }, '4:3: error[E0124]: --set size=50 does not fit the param'],
    [{ size: 10.5 }, '4:3: error[E0124]: --set size=10.5 does not fit the param'],
    [{ size: '' }, '4:3: error[E0124]: --set size= does not fit the param'],
    [{ eoc: 'yes' }, '7:3: error[E0124]: --set eoc=yes does not fit the param'],
    [{ unit: 'word' }, '6:3: error[E0124]: --set unit=word does not fit the param'],
    [{ sise: 3 }, '3:1: error[E0124]: --set sise=3: the file has no param sise'],
    [{ keep: '3' }, '5:3: error[E0123]: steps.half.with.keep does not accept the value of $keep'],
    [{ init: 'pmpp' }, '8:3: error[E0130]: pmpp is neither a step nor weights of the configuration'],
    [{ model: 'strng' }, '9:3: error[E0140]: there is no model strng'],
    [{ ['__proto__x']: 1 }, '3:1: error[E0124]: --set __proto__x=1: the file has no param __proto__x'],
  ])('%j', (set, first) => {
    const { plan, rendered } = compileText(text, set);
    expect(plan).toBeUndefined();
    expect(rendered[0]?.split('\n')[0]).toBe(`pipeline.yaml:${first}`);
  });
});
