import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Json } from '../../../plan/index.ts';
import { planOf } from '../rig.ts';

const study = `codepmp: 1
name: study
params:
  seed: {type: integer, default: 1}
  scheduler: {enum: [wsd, wcd], default: wsd}
  base: {type: string, default: smollm2-135m-instruct}
  init: {type: checkpoint, default: pmp}
  size: {type: integer, default: 300}
  train: {type: step, default: small.train}
  test: {type: step, default: small.test}
alternatives:
  task:
    small: {train: small.train, test: small.test}
    large: {train: large.train, test: large.test}
  draw:
    fixed: {seed: 5, size: 100}
steps:
  first: {uses: dataset/arithmetic, with: {train: 1000}}
  small: {uses: dataset/arithmetic, with: {train: $size}}
  large: {uses: dataset/arithmetic, with: {train: 3000}}
  pmp: {uses: train/pmp, with: {base: $base, pairs: first.train, schedule: {kind: $scheduler}}}
  rm: {uses: train/rm, with: {init: $init, pairs: $train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: $test}}
`;

/** The values of these names in the cells of a sweep, a word for each cell. */
const cellsOf = (sweep: Json, ...names: string[]) =>
  planOf(`${study}${stringify({ sweeps: { a: sweep } })}`).cells.map(({ values }) => names.map((name) => String(values[name])).join(' '));

describe('exclude and include see seeds', () => {
  const grid = { scheduler: ['wsd', 'wcd'] };

  test('an excluded seed goes, and no other', () => {
    expect(cellsOf({ grid, seeds: [1, 2, 3], exclude: [{ scheduler: 'wcd', seed: 3 }] }, 'scheduler', 'seed')).toEqual([
      'wsd 1',
      'wsd 2',
      'wsd 3',
      'wcd 1',
      'wcd 2',
    ]);
    expect(cellsOf({ grid, seeds: [1, 2, 3], exclude: [{ scheduler: 'wcd', seed: 1 }] }, 'scheduler', 'seed')).toEqual([
      'wsd 1',
      'wsd 2',
      'wsd 3',
      'wcd 2',
      'wcd 3',
    ]);
  });

  test('an included seed that is there is extended, another one is a cell of its own', () => {
    const include = [{ scheduler: 'wcd', seed: 9 }, { seed: 2, size: 600 }];
    expect(cellsOf({ grid, seeds: [1, 2], include }, 'scheduler', 'seed', 'size')).toEqual([
      'wsd 1 300',
      'wsd 2 600',
      'wcd 1 300',
      'wcd 2 600',
      'wcd 9 300',
    ]);
  });

  test('what is included without a seed is repeated like all else', () => {
    expect(cellsOf({ grid: { size: [100] }, seeds: [1, 2], include: [{ size: 200 }] }, 'size', 'seed')).toEqual([
      '100 1',
      '100 2',
      '200 1',
      '200 2',
    ]);
    expect(cellsOf({ seeds: [1, 2], include: [{ size: 100 }, { size: 200 }] }, 'size', 'seed')).toEqual([
      '100 1',
      '100 2',
      '200 1',
      '200 2',
    ]);
  });

  test('a choice that binds the seed is not repeated', () => {
    expect(cellsOf({ grid: { size: [300] }, seeds: [1, 2], include: [{ draw: 'fixed' }] }, 'size', 'seed')).toEqual([
      '300 1',
      '300 2',
      '100 5',
    ]);
  });
});

describe('include changes no value that a combination has', () => {
  const names = ['task', 'train', 'test', 'size'];

  test('also not one that a choice of alternatives binds', () => {
    expect(cellsOf({ grid: { task: ['small', 'large'] }, include: [{ train: 'small.train', size: 500 }] }, ...names)).toEqual([
      'small small.train small.test 500',
      'large large.train large.test 300',
    ]);
    expect(cellsOf({ grid: { train: ['small.train', 'large.train'] }, include: [{ task: 'small', size: 500 }] }, ...names)).toEqual([
      'small small.train small.test 500',
      'undefined large.train small.test 300',
    ]);
  });

  test('where $name is the same value, it is the same value', () => {
    const grid = { init: ['pmp', '$base'] };
    const cells = ['pmp 300', 'smollm2-135m-instruct 500'];
    expect(cellsOf({ grid, include: [{ init: 'smollm2-135m-instruct', size: 500 }] }, 'init', 'size')).toEqual(cells);
    expect(cellsOf({ grid: { init: ['pmp', 'smollm2-135m-instruct'] }, include: [{ init: '$base', size: 500 }] }, 'init', 'size')).toEqual(
      cells,
    );
  });

  test('a later entry changes what an earlier one added', () => {
    expect(
      cellsOf({ grid: { scheduler: ['wsd', 'wcd'] }, include: [{ size: 500 }, { scheduler: 'wcd', size: 600 }] }, 'scheduler', 'size'),
    ).toEqual(['wsd 500', 'wcd 600']);
    expect(cellsOf({ grid: { size: [100] }, include: [{ train: 'large.train' }, { task: 'small' }] }, ...names)).toEqual([
      'small small.train small.test 100',
    ]);
  });
});
