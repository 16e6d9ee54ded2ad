import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, PlanNode } from '../../../plan/index.ts';
import { evaluateAccuracy, evaluateChoice } from '../../../stats/index.ts';
import { recordedFolder } from '../recorded-runs.ts';
import type { RecordedFolder } from '../recorded-runs.ts';

const pipeline = `codepmp: 1
name: study
params:
  seed: {type: integer, default: 1}
  size: {type: integer, default: 100}
steps:
  task: {uses: dataset/arithmetic, with: {train: $size}}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train, seed: $seed}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: task.test}}
  choice: {uses: eval/choice, with: {model: rm, choices: task.choices}}
  report: {uses: report, with: {metrics: [accuracy, choice]}}
sweeps:
  sizes: {grid: {size: [100, 200, 400, 800]}, seeds: [1, 2, 3]}
views:
  table-5:
    label: Table 5
    sweep: sizes
    rows: [{small: {size: 100}, large: {size: 800}}]
    columns: [{Pairs: {step: accuracy}, Choice: {step: choice}}]
    published: ["0.5 0.25", "0.7 -"]
  figure-4: {label: Figure 4, sweep: sizes, x: size}
`;

/** Metrics of forty items, more of which are right the more pairs there were and the larger the seed. */
function metrics({ kind, label }: PlanNode): Json {
  const right = 20 + Math.log2(Number(label['size']) / 100) * 4 + Number(label['seed']);
  const isRight = (index: number): boolean => index < right;
  if (kind === 'eval/choice')
    return evaluateChoice({
      rows: Array.from({ length: 40 }, (_, index) => ({
        prompt: `q${index}`,
        options: ['a', 'b'],
        label: 0,
        scores: isRight(index) ? [1, 0] : [0, 1],
      })),
    }) as unknown as Json;
  const rows = Array.from({ length: 40 }, (_, index) => ({
    chosen_score: isRight(index) ? 1 : 0,
    rejected_score: isRight(index) ? 0 : 1,
    prompt: `p${index}`,
    chosen: 'yes',
    rejected: 'no',
  }));
  return evaluateAccuracy({ rows }) as unknown as Json;
}

describe('codepmp report', () => {
  let folder: RecordedFolder;
  beforeAll(async () => {
    folder = await recordedFolder();
    await folder.record('whole', pipeline, { metrics });
    await folder.record('half', pipeline, { metrics, content: 'other', fail: { choice: 'the card has no memory left' } });
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  it('prints one view of a run, with published numbers beside ours', async () => {
    const { stdout, exitCode } = await folder.codepmp('report', 'whole', '--view', 'table-5');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Table 5');
    expect(stdout).toMatch(/small.*0\.550.*0\.5/);
    expect(stdout).toMatch(/large.*0\.850.*0\.7/);
  });

  it('prints it as LaTeX, CSV, JSON and HTML, and a figure as SVG and PDF', async () => {
    const printed = async (view: string, format: string): Promise<string> =>
      (await folder.codepmp('report', 'whole', '--view', view, '--format', format)).stdout;
    expect(await printed('table-5', 'latex')).toContain('\\begin{table}');
    expect(await printed('table-5', 'csv')).toContain('small');
    expect(JSON.parse(await printed('table-5', 'json'))).toMatchObject([{ block: 'table', view: 'table-5' }]);
    expect(await printed('figure-4', 'html')).toContain('<svg');
    expect(await printed('figure-4', 'svg')).toMatch(/^<svg|^<\?xml/);
    expect(await printed('figure-4', 'pdf')).toMatch(/^%PDF/);
  });

  it('says in a cell why it is empty, while a run goes on or after a failure', async () => {
    const { stdout } = await folder.codepmp('report', 'half', '--view', 'table-5');
    expect(stdout).toContain('failed: the card has no memory left');
    expect(stdout).toMatch(/small.*0\.550/);
  });

  it('prints a view of several runs, one after the other', async () => {
    const { stdout, stderr } = await folder.codepmp('report', 'whole', 'half', '--view', 'table-5');
    expect(stdout.match(/Table 5/g)?.length).toBeGreaterThan(1);
    expect(stderr).toBe('whole:\nhalf:');
  });

  it('prints the whole report of a run that has left none, as far as it is there', async () => {
    const { stdout, stderr } = await folder.codepmp('report', 'half');
    expect(stdout).toContain('# study');
    expect(stdout).toContain('Figure 4');
    expect(stderr).toContain('half is failed: this is the report so far.');
  });

  it('suggests the name of a view, and says what a table has no format for', async () => {
    const { exitCode, stderr } = await folder.codepmp('report', 'whole', '--view', 'tabel-5');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('whole has no view tabel-5. Did you mean table-5?')]);
    expect((await folder.codepmp('report', 'whole', '--view', 'table-5', '--format', 'svg')).stderr).toContain(
      'table-5 is a table: choose markdown, latex, csv, json, html in place of svg',
    );
    expect((await folder.codepmp('report', 'whole', '--view', 'table-5', '--format', 'word')).exitCode).toBe(2);
  });
});
