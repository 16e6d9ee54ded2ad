import { beforeAll, describe, expect, test } from 'vitest';
import type { ReportInput } from '../../report/index.ts';
import { renderReport } from '../../report/index.ts';
import { digest, sampleInput } from './sample-input.ts';

let files: { [name: string]: string };

beforeAll(async () => {
  files = await render(sampleInput());
});

describe('the report', () => {
  test('has one page and the same tables as Markdown, LaTeX, CSV and JSON', () => {
    expect(Object.keys(files)).toEqual(['index.html', 'report.md', 'tables.tex', 'tables.csv', 'report.json']);
    for (const name of [
      'Table 1',
      'Table S1',
      'Table S2',
      'Table S3',
      'Table S4',
      'Table S5',
      'Table 3',
      'Table 4',
      'Table S6',
      'Table S7',
    ])
      for (const file of ['index.html', 'report.md', 'tables.tex', 'tables.csv', 'report.json'])
        expect([file, files[file]?.includes(name)]).toEqual([file, true]);
  });

  test('is the same, byte for byte, for the same input', async () => {
    expect(await render(sampleInput())).toEqual(files);
  });

  test('keeps that when several are rendered at once', async () => {
    const both = await Promise.all([render(sampleInput()), render(sampleInput())]);
    expect(both).toEqual([files, files]);
  });

  test('shows no accuracy without its interval and its n', () => {
    const page = files['index.html'] ?? '';
    const rows = [...page.matchAll(/<tr class="model">.*?<\/tr>/gsu)].map(([row]) => row).filter((row) => row.includes('estimate'));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(row).toMatch(/class="interval">\[[^\]]+\].*?class="right[^"]*"><span class="value">\d/su);
  });

  test('names step, result key, artifact and manifest of each number', () => {
    const [metric] = sampleInput().metrics;
    const page = files['index.html'] ?? '';
    expect(page).toContain(`<li id="source-1"><b>${metric?.step}</b>`);
    for (const said of [metric?.key, metric?.artifact, `blobs/${metric?.artifact.slice(0, 2)}/${metric?.artifact}`]) {
      expect(page).toContain(said);
      expect(files['report.md']).toContain(said);
      expect(files['tables.tex']).toContain(said);
      expect(files['tables.csv']).toContain(said);
    }
    const targets = [...page.matchAll(/href="#([^"]+)"/gu)].map(([, target]) => target);
    for (const target of new Set(targets)) expect(page).toContain(`id="${target}"`);
  });

  test('says of a difference within the noise that it is no evidence', () => {
    expect(files['report.md']).toContain(
      'The difference is within the noise, no evidence for either (rm-pmp minus rm-base: +0.048 \\[−0.016, +0.110\\], p = 0.281 after Holm).',
    );
    expect(files['report.md']).toContain('Every model here was trained once.');
  });

  test('warns of its own accord when every training was short', async () => {
    const { toyNote: _note, ...input } = sampleInput();
    expect((await render(input))['report.md']).toContain('> **Note.** This is a small run: its longest training took 50 steps.');
    expect((await render({ ...input, training: [] }))['report.md']).not.toContain('small run');
  });

  test('says how many texts were cut and which pairs that made equal, and nothing of it where there were none', async () => {
    const { metrics, training, ...input } = sampleInput();
    const curve = (training[0]?.curve ?? []).map((line, index) => ({ ...line, cut: 3, equal: index === 0 ? 1 : 0 }));
    const cut = metrics.map((entry, index) => ({ ...entry, scored: { texts: 800, cut: index % 2 === 0 ? 12 : 0 } }));
    const page =
      (await render({ ...input, metrics: cut, training: training.map((run, index) => (index === 0 ? { ...run, curve } : run)) }))[
        'report.md'
      ] ?? '';
    expect(page.match(/Texts cut to the length of the model's training before they were scored: rm-pmp 12 of 800\./g)).toHaveLength(3);
    expect(page).toContain('pmp: rows cut to max\\_length: 24 of 64.');
    expect(page).toContain('pmp: pairs left out because their answers are equal after the cut: 1 of 33.');
    expect(files['report.md']).not.toMatch(/cut to/);
  });

  test('says why a result is missing', () => {
    for (const file of ['index.html', 'report.md', 'tables.csv']) {
      expect(files[file]).toContain('bon-large');
      expect(files[file]).toContain('scoring ran out of memory on pool local after 3 attempts');
    }
  });

  test('can be read by programs: numbers, outcomes by item and where they are from', () => {
    const report = JSON.parse(files['report.json'] ?? '') as {
      format: number;
      metrics: { metrics: { outcomes?: string } }[];
      sources: { manifest: string }[];
    };
    expect(report.format).toBe(1);
    expect(report.metrics[0]?.metrics.outcomes).toHaveLength(400);
    expect(report.sources[0]?.manifest).toMatch(/^blobs\/[0-9a-f]{2}\/[0-9a-f]{64}$/u);
  });
});

describe('a report with little in it', () => {
  const empty: ReportInput = {
    title: 'nothing',
    created: '2026-01-01T00:00:00.000Z',
    plan: 'nothing',
    metrics: [],
    training: [],
    data: [],
    missing: [],
  };

  test('renders without any result', async () => {
    const page = (await render(empty))['index.html'];
    expect(page).toContain('This report names no measurement, or none is there.');
    expect(page).not.toMatch(/NaN|undefined|Infinity/u);
  });

  test('shows a dash, not 0, for what has no items', async () => {
    const { evaluateAccuracy, describePairs } = await import('../../stats/index.ts');
    const input: ReportInput = {
      ...empty,
      metrics: [{ step: 'accuracy', key: digest('k'), artifact: digest('a'), metrics: evaluateAccuracy({ rows: [] }) }],
      training: [{ step: 'rm', key: digest('k'), artifact: digest('c'), curve: [] }],
      data: [{ step: 'pairs', key: digest('k'), artifact: digest('d'), statistics: describePairs({ rows: [] }) }],
    };
    const rendered = await render(input);
    expect(rendered['index.html']).not.toMatch(/NaN|undefined|Infinity|>0\.000/u);
    expect(rendered['report.md']).toContain('| **accuracy** | — | 0 | 0 |');
  });

  test('names the step where nobody named the model, and keeps the colours of the first and second model', async () => {
    const input = sampleInput();
    const metrics = input.metrics.map(({ model: _model, dataset: _dataset, ...rest }) => rest);
    const page = (await render({ ...input, metrics }))['index.html'] ?? '';
    expect(page).toMatch(/stroke="#D55E00"(?:(?!<\/th>).)*accuracy-base/su);
    expect(page).toMatch(/stroke="#D55E00"(?:(?!<\/th>).)*choice-base/su);
  });
});

async function render(input: ReportInput): Promise<{ [name: string]: string }> {
  const rendered = await renderReport(input);
  return Object.fromEntries(rendered.files.map(({ name, content }) => [name, content]));
}
