import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ReportInput } from '../../report/index.ts';
import { renderReport, renderView, viewNames } from '../../report/index.ts';
import { evaluateBon } from '../../stats/index.ts';
import { documentIn, renderTexts, textsOf } from './files.ts';
import { digest, sampleInput } from './sample-input.ts';
import { sampleViews } from './sample-views.ts';

let files: { [name: string]: string };
let pdf: Uint8Array;

const full = (): ReportInput => ({ ...sampleInput(), views: sampleViews() });

beforeAll(async () => {
  const { files: all } = await renderReport(full());
  files = textsOf(all);
  pdf = all.find(({ name }) => name === 'figure-4.pdf')?.content as Uint8Array;
});

const texts = ['index.html', 'report.md', 'tables.tex', 'figures.tex', 'tables.csv', 'report.json'];

describe('the report', () => {
  test('has one page, the same as Markdown, LaTeX, CSV and JSON, and each figure as SVG and PDF', () => {
    const figures = ['figure-4', 'my-sweep', 'best-of-n-curves', 'training-curves-1', 'training-curves-2'];
    expect(Object.keys(files).sort()).toEqual([...texts, ...figures.map((name) => `${name}.svg`)].sort());
    expect(new TextDecoder().decode(pdf.slice(0, 5))).toBe('%PDF-');
    for (const name of ['Table 1', 'Numbers of Figure 4', ...Array.from({ length: 14 }, (_, index) => `Table S${index + 1}`)])
      for (const file of ['index.html', 'report.md', 'tables.tex', 'tables.csv', 'report.json'])
        expect([file, name, files[file]?.includes(name)]).toEqual([file, name, true]);
  });

  test('is the same, byte for byte, for the same input, also when several are rendered at once', async () => {
    const both = await Promise.all([renderReport(full()), renderReport(full())]);
    for (const { files: again } of both) {
      expect(textsOf(again)).toEqual(files);
      expect(again.find(({ name }) => name === 'figure-4.pdf')?.content).toEqual(pdf);
    }
  });

  test('shows no accuracy without its interval and its n', () => {
    const page = files['index.html'] ?? '';
    const shares = page.slice(page.indexOf('id="accuracy-by-model"'), page.indexOf('id="accuracy-against-rules"'));
    const rows = [...shares.matchAll(/<tr class="model">.*?<\/tr>/gsu)].map(([row]) => row);
    expect(rows.length).toBe(2);
    for (const row of rows) expect(row).toMatch(/class="interval">\[[^\]]+\].*?class="right[^"]*"><span class="value">\d/su);
  });

  test('names step, YAML line, result key and artifact of each number', async () => {
    const input = full();
    const metrics = input.metrics.map((entry, index) => ({ ...entry, at: index === 0 ? { line: 12 } : { file: 'base.yaml', line: 34 } }));
    const own = await renderTexts({ ...input, metrics });
    const [metric] = metrics;
    for (const file of ['index.html', 'report.md', 'tables.tex', 'tables.csv', 'report.json'])
      for (const said of [metric?.step ?? '', metric?.key ?? '', metric?.artifact ?? '']) expect(own[file]).toContain(said);
    expect(own['index.html']).toContain('<td class="left">line 12</td>');
    expect(own['index.html']).toContain('<td class="left">base.yaml:34</td>');
    expect(own['report.md']).toContain(`1. **accuracy-pmp**, line 12: result key \`${metric?.key}\``);
    expect(own['tables.csv']).toMatch(/,accuracy-pmp,12,[0-9a-f]{64},[0-9a-f]{64}\r\n/);
  });

  test('leads from every number and bracket to a place that is there', () => {
    const page = files['index.html'] ?? '';
    const targets = new Set([...page.matchAll(/href="#([^"]+)"/gu)].map(([, target]) => target));
    expect(targets).toContain('from-1-2');
    for (const target of targets) expect(page).toContain(`id="${target}"`);
    const ids = [...page.matchAll(/ id="([^"]+)"/gu)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('warns of its own accord when every training was short', async () => {
    const { toyNote: _note, ...input } = sampleInput();
    expect((await renderTexts(input))['report.md']).toContain('> **Note.** This is a small run: the longest training that it shows took 50 steps.');
    expect((await renderTexts({ ...input, training: [] }))['report.md']).not.toContain('small run');
  });

  test('says how many texts were cut and which pairs that made equal, and nothing of it where there were none', async () => {
    const { metrics, training, ...input } = sampleInput();
    const curve = (training[0]?.curve ?? []).map((line, index) => ({ ...line, cut: 3, equal: index === 0 ? 1 : 0 }));
    const cut = metrics.map((entry, index) => {
      const counts = { texts: 800, cut: index % 2 === 0 ? 12 : 0 };
      return { ...entry, metrics: { ...entry.metrics, counts } };
    });
    const runs = training.map((run, index) => (index === 0 ? { ...run, curve } : run));
    const own = await renderTexts({ ...input, metrics: cut, training: runs });
    const page = own['report.md'] ?? '';
    expect(page.match(/Texts cut to the length of the model's training before they were scored: rm-pmp 12 of 800\./g)).toHaveLength(3);
    expect(page).toContain('pmp: rows cut to max\\_length: 24 of 64.');
    expect(page).toContain('pmp: pairs left out because their answers are equal after the cut: 1 of 33.');
    expect(files['report.md']).not.toMatch(/cut to/);
  });

  test('says which answers were late, unreadable or truncated, and who graded', async () => {
    const { metrics, ...input } = sampleInput();
    const counts = { late: 2, unreadable: 5, truncated: 9, graders: { rules: '3', 'math-verify': '0.8.0' } };
    const counted = metrics.map((entry) => ({ ...entry, metrics: { ...entry.metrics, counts } }));
    const { 'report.md': page } = await renderTexts({ ...input, metrics: counted });
    expect(page).toContain('Answers whose grading ran out of time: rm-pmp 2, rm-base 2.');
    expect(page).toContain('Answers that no grader could read: rm-pmp 5, rm-base 5.');
    expect(page).toContain('Candidates that the token limit ended: rm-pmp 9, rm-base 9.');
    expect(page).toContain('Graders: math-verify 0.8.0, rules 3.');
  });

  test('says why a result is missing', () => {
    for (const file of ['index.html', 'report.md', 'tables.csv']) {
      expect(files[file]).toContain('bon-large');
      expect(files[file]).toContain('scoring ran out of memory on pool local after 3 attempts');
    }
  });

  test('compares each model with the rules of its items and no model with another', () => {
    expect(files['report.md']).toContain('| arithmetic.test | rm-pmp | Shorter answer | \\+0.035 \\[−0.031, +0.100\\] | 400 | 0.298 |');
    expect(files['report.md']).toContain('| arithmetic.questions | rm-base | Majority |');
    expect(files['report.md']).not.toMatch(/rm-pmp (?:−|minus) rm-base/);
  });

  test('says what the published scripts would have printed, and how far that is from ours', () => {
    expect(files['report.md']).toMatch(/\| rm-pmp \| an option that reads like the right one is right \| 0\.\d+ \| (?:\\\+|\\-|−)?0\.\d+ \| 3 \|/);
    expect(files['report.md']).toMatch(/\| rm-base \| all that apply \| 0\.\d+ \|/);
    const lines = (files['tables.csv'] ?? '').split('\r\n').map(fieldsOf);
    const differences = lines.filter(([, , , column]) => column === 'Minus ours').map(([, , , , value = '']) => value);
    expect(differences).toHaveLength(10);
    for (const value of differences) expect(value).toMatch(/^(?:-?0(?:\.\d+)?(?:e-\d+)?)?$/);
  });

  test('has a column for each N that was asked for, and no other', async () => {
    const input = sampleInput();
    const metrics = input.metrics.map((entry) =>
      entry.metrics.kind === 'eval/bon'
        ? { ...entry, metrics: evaluateBon({ rows: [0, 1, 2, 3].map((ordinal) => ({ ...candidate, ordinal })), n: [2, 4] }) }
        : entry,
    );
    const page = (await renderTexts({ ...input, metrics }))['report.md'] ?? '';
    expect(/\| Selection .*/.exec(page)?.[0]).toBe('| Selection | N = 2 | N = 4 | Questions | Source |');
  });

  test('gives in CSV each table, group, row and column once', () => {
    const [, ...lines] = (files['tables.csv'] ?? '').trimEnd().split('\r\n').map(fieldsOf);
    const keys = lines.map((line) => JSON.stringify(line.slice(0, 4)));
    expect(keys.length).toBeGreaterThan(400);
    expect(new Set(keys).size).toBe(keys.length);
    for (const line of lines) expect(line).toHaveLength(17);
  });

  test('is described in JSON by the published schema, to the last key', () => {
    const schema = JSON.parse(readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8')) as object;
    const check = new Ajv({ allErrors: true }).compile(schema);
    const document = documentIn(files);
    expect([check(document), check.errors]).toEqual([true, null]);
    expect(check({ ...document, format: 1 })).toBe(false);
    expect(check({ ...document, outcomes: '0110' })).toBe(false);
    const [source] = document.sources;
    expect(source).toEqual({ step: 'accuracy-pmp', key: digest('key of accuracy-pmp'), artifact: digest('accuracy-pmp') });
  });

  test('gives a single view in every format, and none that it has not', async () => {
    const document = documentIn(files);
    expect(viewNames(document)).toEqual(['table-1', 'figure-4', 'my sweep']);
    const markdown = await renderView(document, 'table-1', 'markdown');
    expect(markdown).toMatch(/^\*\*Table 1\.\*\* Accuracy of reward models on held-out pairs\.\n\n\| Model \| PMP \|/);
    expect(await renderView(document, 'table-1', 'latex')).toContain(String.raw`\renewcommand{\tablename}{Table}\renewcommand{\thetable}{1}`);
    expect(await renderView(document, 'table-1', 'csv')).toContain('Table 1,,1.5B / ✓,Mathematics / MathShepherd-pair,0.8186,');
    expect(await renderView(document, 'table-1', 'svg')).toBe(null);
    expect(await renderView(document, 'figure-4', 'svg')).toBe(files['figure-4.svg']);
    expect(await renderView(document, 'figure-4', 'pdf')).toEqual(pdf);
    expect(await renderView(document, 'figure-4', 'html')).toContain('<figure class="block" id="figure-4">');
    expect(await renderView(document, 'table-9', 'markdown')).toBe(null);
  });
});

describe('a report with little in it', () => {
  const empty: ReportInput = { title: 'nothing', created: '2026-01-01T00:00:00.000Z', plan: 'nothing', metrics: [], training: [], data: [], missing: [] };

  test('renders without any result', async () => {
    const page = (await renderTexts(empty))['index.html'];
    expect(page).toContain('This report has no measurements.');
    expect(page).not.toMatch(/NaN|undefined|Infinity/u);
  });

  test('shows a dash, not 0, for what has no items', async () => {
    const { createPairLengths, evaluateAccuracy, describePairs } = await import('../../stats/index.ts');
    const input: ReportInput = {
      ...empty,
      metrics: [{ step: 'accuracy', key: digest('k'), artifact: digest('a'), metrics: evaluateAccuracy({ rows: [] }) }],
      training: [{ step: 'rm', key: digest('k'), artifact: digest('c'), curve: [] }],
      data: [{ step: 'pairs', key: digest('k'), artifact: digest('d'), statistics: describePairs({ lengths: createPairLengths() }) }],
    };
    const rendered = await renderTexts(input);
    expect(rendered['index.html']).not.toMatch(/NaN|undefined|Infinity|>0\.000/u);
    expect(rendered['report.md']).toContain('| accuracy | — | 0 | 0 |');
  });

  test('names the step where nobody named the model, and keeps the colours of the first and second model', async () => {
    const input = sampleInput();
    const metrics = input.metrics.map(({ model: _model, dataset: _dataset, ...rest }) => rest);
    const page = (await renderTexts({ ...input, metrics }))['index.html'] ?? '';
    expect(page).toMatch(/stroke="#D55E00"(?:(?!<\/th>).)*accuracy-base/su);
    expect(page).toMatch(/stroke="#D55E00"(?:(?!<\/th>).)*choice-base/su);
  });
});

const candidate = { question: 0, correct: true, answer: '7', text: 'It is 7.', score: 1 };

/** The fields of a line of CSV. */
function fieldsOf(line: string): string[] {
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/gu)].map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
}
