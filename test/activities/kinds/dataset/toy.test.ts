import { describe, expect, it } from 'vitest';
import { toyFiles } from '../../../../items/index.ts';
import { openWorkbench } from '../../rig.ts';
import { readData } from './rig.ts';

const files = toyFiles({ train: 60, test: 20, subset: 2 });

/** Files of one data set, by their path in its folder. */
function filesOf(set: string): { [path: string]: string } {
  const own = Object.entries(files).filter(([path]) => path.startsWith(`${set}/`));
  return Object.fromEntries(own.map(([path, text]) => [path.slice(set.length + 1), text]));
}

describe('generated data sets in the published formats', () => {
  it.each([
    ['dataset/gsm8k', 'gsm8k', '', { train: 60, test: 20 }],
    ['dataset/math', 'math', '', { train: 60, test: 20 }],
    ['dataset/reclor', 'reclor', '', { choices: 20 }],
    ['dataset/logiqa2', 'logiqa2', '', { choices: 20 }],
    ['dataset/code-ultrafeedback', 'code-ultrafeedback', '', { train: 54, test: 6 }],
    ['dataset/rewardbench', 'reward-bench', 'prior_sets: true', { test: 2 * 23 + 2 * 4 }],
  ])('%s reads every row of %s', async (kind, set, settings, counts) => {
    const { outputs, checks } = await readData(kind, filesOf(set), settings);
    expect(Object.fromEntries(Object.keys(counts).map((output) => [output, outputs[output]?.length]))).toEqual(counts);
    expect(checks).toMatchObject({ refused: {}, duplicates: 0 });
  });

  it('have a right and a wrong solution of nearly every problem for dataset/math-shepherd', async () => {
    const { outputs, checks } = await readData('dataset/math-shepherd', filesOf('math-shepherd'));
    const pairs = [...(outputs['train'] ?? []), ...(outputs['test'] ?? [])];
    expect(checks).toMatchObject({ refused: {} });
    expect(pairs.length).toBeGreaterThan(40);
    const answerIn = (text: unknown) => String(text).split('The answer is:')[1];
    for (const { chosen, rejected } of pairs) expect(answerIn(chosen)).not.toBe(answerIn(rejected));
  });

  it.each([
    ['human-eval', 'prompt', 20],
    ['human-eval', 'canonical_solution', 20],
    ['mbpp', 'text', 20],
    ['mbpp', 'code', 20],
    ['code-ultrafeedback', 'instruction', 60],
  ])('have texts of %s in the column %s for source/jsonl', async (set, column, rows) => {
    const bench = await openWorkbench({ files: filesOf(set) });
    const step = `{uses: source/jsonl, with: {source: python-stdlib, column: ${column}}}`;
    const { texts } = await bench.run(`codepmp: 1\nname: s\nsteps:\n  texts: ${step}\n`);
    expect((await bench.manifest(texts)).rows).toBe(rows);
  });

  it('have two answers to each question for source/web', async () => {
    const bench = await openWorkbench({ files: filesOf('stackexchange') });
    const pipeline = 'codepmp: 1\nname: s\nsteps:\n  web: {uses: source/web, with: {source: python-stdlib}}\n  pairs: {uses: pair/web, with: {answers: web}}\n';
    const made = await bench.run(pipeline);
    expect(await bench.rows(made['pairs'])).toHaveLength(60);
  });
});
