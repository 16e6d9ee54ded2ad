import { describe, expect, test, vi } from 'vitest';
import { compile } from '../../../compile/index.ts';
import { compileText, config, planOf } from '../rig.ts';

vi.setConfig({ testTimeout: 120_000 });

const list = (count: number, text: (index: number) => string | number = (index) => index + 1): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(', ');
const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
const axes = (a: number, b: number) => `grid: {a: [${list(a)}], b: [${list(b)}]}`;

function study({ sweeps, params = 0, claims = '' }: { sweeps: string[]; params?: number; claims?: string }): string {
  return `codepmp: 1
name: much
params:
  a: {type: integer, default: 1}
  b: {type: integer, default: 1}
${lines(params, (index) => `  p${index}: {type: integer, default: 1}`)}steps:
  data: {uses: dataset/arithmetic, with: {train: $a}}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train, seed: $b}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
sweeps:
${lines(sweeps.length, (index) => `  s${index}: {${sweeps[index]}}`)}${claims}`;
}

/** What is said of too much, in one line. */
const said = (source: string) =>
  compileText(source)
    .diagnostics.filter(({ code }) => code === 'E0183')
    .map(({ line, message, expected, got }) => `${line}: ${message}; expected ${expected}, got ${got}`);

describe('a file that asks for more than a run may hold is told so', () => {
  test('where many sweeps have the same cells, which are counted for each', () => {
    expect(said(study({ sweeps: Array.from({ length: 7 }, () => axes(90, 90)) }))).toEqual([
      '17: with the sweep s6 the file has too many cells; expected at most 50,000 cells in a file, got 56,700 cells',
    ]);
  });

  test('where entries of include make cells with many seeds', () => {
    const source = study({ sweeps: [`include: [${list(300, (index) => `{a: ${index + 1}}`)}], seeds: [${list(300)}]`] }).replace(
      '  b:',
      '  seed: {type: integer, default: 1}\n  b:',
    );
    expect(said(source)).toEqual(['12: the sweep s0 has too many cells; expected at most 50,000 cells in a file, got 90,000 cells']);
  });

  test('where cells have many params', () => {
    expect(said(study({ params: 400, sweeps: [axes(60, 60)] }))).toEqual([
      '411: the sweep s0 has too many cells; expected at most 2,487 cells in a file of 402 params, got 3,600 cells',
    ]);
  });

  test('where combinations are compared with many entries, over all sweeps', () => {
    const sweep = `${axes(90, 90)}, exclude: [${list(100, (index) => `{a: ${index + 1}, b: 1}`)}]`;
    expect(said(study({ sweeps: [sweep, sweep] }))).toEqual([
      '12: exclude and include of the sweep s1 have too many entries for its cells; expected at most 2,000,000 comparisons of a value with a cell in a file, got 3,240,000 comparisons',
    ]);
  });

  test('where claims make many comparisons', () => {
    const claims = 'claims:\n  - {id: c, metric: {step: accuracy, name: accuracy}, each: [a, b], above: [0.1, 0.2]}\n';
    expect(said(study({ sweeps: [axes(80, 80)], claims }))).toEqual([
      '12: the claims make too many comparisons together; expected at most 10,000 in a file, got 12,800',
    ]);
  });

  test('where claims look at many cells', () => {
    const claims = `claims:\n${lines(125, (index) => `  - {id: c${index}, metric: {step: accuracy, name: accuracy}, of: {a: 1}, above: {a: 2}}`)}`;
    expect(said(study({ sweeps: [axes(90, 90)], claims }))).toEqual([
      '12: the claims look at too many cells together; expected at most 2,000,000, the cells of its sweep counted for each side of a claim, got 2,025,000',
    ]);
  });
});

test('of many sweeps that go over a limit together, one thing is said', () => {
  const claims = `claims:\n${lines(125, (index) => `  - {id: c${index}, metric: {step: accuracy, name: accuracy}, of: {a: 1}, above: {a: 2}}`)}`;
  expect(compileText(study({ sweeps: [axes(90, 90)], claims })).diagnostics.map(({ code }) => code)).toEqual(['E0183']);
});

test('a quoted text with more escapes than a text needs is refused before it is read', () => {
  const { diagnostics } = compileText(study({ sweeps: ['grid: {a: [1]}'] }).replace('name: much', `name: "${'\\x'.repeat(10_001)}"`));
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual(['E0101 more than 10,000 escapes in quoted texts']);
});

test('sweeps that are not asked for do not count', () => {
  const source = study({ sweeps: Array.from({ length: 7 }, () => axes(90, 90)) });
  const { plan } = compile({ source, file: 'pipeline.yaml', config, sweeps: ['s3'] });
  expect(plan?.cells).toHaveLength(8_100);
});

test('a param that leads through hundreds of others to a value has it', () => {
  const source = study({ params: 300, sweeps: [`grid: {a: [$p0], ${list(299, (index) => `p${index}: [$p${index + 1}]`)}, p299: [7]}`] });
  expect(planOf(source).cells[0]?.values).toMatchObject({ a: 7, p0: 7, p299: 7 });
});

test('every mistake in a file of hundreds is told once', () => {
  const { diagnostics } = compileText(
    study({ sweeps: ['grid: {a: [1]}'] }).replace(
      '  rm:',
      `${lines(90, (index) => `  s${index}: {uses: dataset/arithmetic, with: {tain: 1}}`)}  rm:`,
    ),
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(Array.from({ length: 90 }, () => 'E0110'));
});
