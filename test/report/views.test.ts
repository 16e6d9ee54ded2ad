import { beforeAll, describe, expect, test } from 'vitest';
import type { ReportView, ViewCell, ViewFigure, ViewLine, ViewPanel, ViewTable } from '../../ports/report.ts';
import { renderReport } from '../../report/index.ts';
import type { ReportDocument, ReportFigure, ReportTable } from '../../schemas/index.ts';
import { documentIn, renderTexts, textsOf } from './files.ts';
import { sampleInput } from './sample-input.ts';
import { sampleCell, sampleViews, sizes } from './sample-views.ts';

const table = sampleViews()[0] as ViewTable;
const figure = sampleViews()[1] as ViewFigure;

async function shown(...views: ReportView[]): Promise<{ files: { [name: string]: string }; document: ReportDocument }> {
  const files = await renderTexts({ ...sampleInput(), views });
  return { files, document: documentIn(files) };
}

const blocksOf = ({ sections }: ReportDocument) => sections.find(({ id }) => id === 'results')?.blocks ?? [];

describe('a declared table', () => {
  let files: { [name: string]: string };
  beforeAll(async () => {
    ({ files } = await shown(table));
  });

  test('has its name, levels of headings, heads over several rows, and published values beside ours', () => {
    const page = files['index.html'] ?? '';
    expect(page).toContain('<caption><span class="caption"><b>Table 1.</b> Accuracy of reward models on held-out pairs.</span></caption>');
    expect(page).toContain('<th scope="colgroup" class="right over" colspan="2">Logic</th>');
    expect(page).toContain('<th scope="rowgroup" class="left first short" rowspan="2"><span class="value">1.5B</span></th>');
    expect(page).toMatch(/<span class="value best"><a class="number" href="#from-1-2">0\.819<\/a><\/span> <span class="interval">\[0\./);
    expect(page).toContain('<span class="remark">publ. 0.8186</span>');
  });

  test('says once what all its numbers rest on, and in each cell where that differs', async () => {
    expect(files['report.md']).toContain('*n = 500 in every cell.*');
    const sized = (cell: ViewCell, index: number) => ({ ...cell, n: index === 0 ? 4300 : 500, clusters: 100 });
    const columns = table.rows.map(({ heads, cells }) => ({ heads, cells: cells.map(sized) }));
    const { files: byColumn } = await shown({ ...table, rows: columns });
    expect(byColumn['report.md']).toContain('*n: 4,300 in 100 clusters (Mathematics MathShepherd-pair), 500 in 100 clusters (Logic ReClor-pair),');
    const mixed = table.rows.map(({ heads, cells }, row) => ({ heads, cells: cells.map((cell) => ({ ...cell, n: 100 + row })) }));
    const { files: byCell } = await shown({ ...table, rows: mixed });
    expect(byCell['report.md']).toContain('(n = 101) (publ. 0.8186)');
  });

  test('says why a cell is empty, each reason once', () => {
    expect(files['report.md']?.match(/rm-logiqa2 \(model=7B\): out of memory/g)).toHaveLength(1);
    expect(files['report.md']).toContain('| — (a) |');
    expect(files['tables.csv']).toContain('rm-logiqa2 (model=7B): out of memory');
    expect(files['index.html']).toContain('—<sup>a</sup>');
  });

  test('takes the next free number where the file gives no name, and details count beside it', async () => {
    const { document } = await shown({ ...table, name: 'mine', label: '' }, table, { ...figure, name: 'curves', label: '' });
    expect(blocksOf(document).map(({ name, id, view }) => [name, id, view])).toEqual([
      ['Table 2', 'mine', 'mine'],
      ['Table 1', 'table-1', 'table-1'],
      ['Figure 1', 'curves', 'curves'],
      ['Numbers of Figure 1', 'curves-numbers', 'curves'],
    ]);
    expect(document.sections.find(({ id }) => id === 'accuracy')?.blocks[0]?.name).toBe('Table S1');
  });

  test('shows settings as they are', async () => {
    const text = (value: string) => ({ ...sampleCell(0), value: null, interval: null, n: 0, text: value, published: '3e-6', sources: [] });
    const { files: own } = await shown({ ...table, rowHeads: ['Setting'], columnHeads: [['CodePMP']], rows: [{ heads: ['lr'], cells: [text('3e-6')] }] });
    expect(own['report.md']).toContain('| lr | 3e-6 (publ. 3e-6) |');
  });
});

describe('a declared figure', () => {
  test('is drawn panel by panel with real labels on its axis, and its numbers are in a table', async () => {
    const { files, document } = await shown(figure);
    const [drawn, numbers] = blocksOf(document) as [ReportFigure, ReportTable];
    expect(drawn.panels.map(({ title, series }) => [title, series.length])).toEqual([['GSM8K', 5], ['MATH', 5], ['ReClor', 5], ['LogiQA2.0', 5]]);
    expect(files['figure-4.svg']).toMatch(/>500<\/text>.*>1,000<\/text>/s);
    expect(numbers.columns.map(({ heads }) => heads[0])).toEqual(['Pairs for finetuning', '1.5B ✗', '1.5B ✓', '7B ✗', '7B ✓', 'without PMP']);
    const places = figure.panels[0]?.x.ticks.map(({ label }) => ({ cell: 'text', text: label }));
    expect(numbers.groups[0]?.rows.map(({ cells: [head] }) => head)).toEqual(places);
    expect(numbers.groups.map(({ heading }) => heading)).toEqual(['GSM8K', 'MATH', 'ReClor', 'LogiQA2.0']);
  });

  test('has at most six series a panel: more become panels, with a legend each', async () => {
    const many = sampleViews()[2] as ViewFigure;
    const { files, document } = await shown(many);
    const [drawn] = blocksOf(document) as [ReportFigure];
    expect(drawn.panels.map(({ title, series }) => [title, series.length])).toEqual([['GSM8K (1 of 3)', 6], ['GSM8K (2 of 3)', 6], ['GSM8K (3 of 3)', 2]]);
    expect(files['index.html']?.match(/<ul class="legend">/g)?.length).toBeGreaterThanOrEqual(3);
    expect(drawn.notes).toContain('Points are missing on construction 4: bon@construction=4 was skipped.');
  });

  test('keeps the look of a line in all panels where six looks are enough', async () => {
    const [first, second] = figure.panels;
    const turned = { ...figure, panels: [first, { ...second, lines: second?.lines.toReversed() }] } as ViewFigure;
    const { document } = await shown(turned);
    const [drawn] = blocksOf(document) as [ReportFigure];
    const looks = drawn.panels.map(({ series }) => Object.fromEntries(series.map(({ label, role, style }) => [label, `${role} ${style}`])));
    expect(looks[0]).toEqual(looks[1]);
  });

  test('has a law where the file wants one, within the measured range, with its residuals', async () => {
    const { document } = await shown(figure);
    const [drawn, numbers] = blocksOf(document) as [ReportFigure, ReportTable];
    const law = drawn.panels[0]?.series[0]?.law;
    expect(law?.limit).toBeCloseTo(0.7, 1);
    expect([law?.band[0]?.x, law?.band.at(-1)?.x]).toEqual([sizes[0], sizes.at(-1)]);
    expect(law?.residuals).toHaveLength(sizes.length);
    expect(drawn.panels[2]?.series[0]?.law).toBe(undefined);
    expect(drawn.notes.join(' ')).toContain('drawn over the measured range and not beyond');
    expect(numbers.notes[0]).toMatch(/^GSM8K, 1\.5B ✗: 0\.\d+ − [\d.]+ · x\^−0\.\d+ from 500 to 32,000 \(residuals: /);
  });

  test('says so where there is no law to be told', async () => {
    const cut = (line: ViewLine) => ({ ...line, points: line.points.slice(0, 5) });
    const shorter = (panel: ViewPanel) => ({ ...panel, lines: panel.lines.map(cut) });
    const short = { ...figure, panels: figure.panels.slice(0, 1).map(shorter) };
    const { document } = await shown(short);
    const [drawn] = blocksOf(document) as [ReportFigure];
    expect(drawn.notes).toContain('GSM8K, 1.5B ✗: no power law, it needs 6 sizes and has 5.');
  });

  test('is a file of its own that needs no page: no currentColor, no script, no reference', async () => {
    const { files } = await renderReport({ ...sampleInput(), views: [figure] });
    const svg = textsOf(files)['figure-4.svg'] ?? '';
    expect(svg).not.toMatch(/currentColor|<script|href|url\((?!#)/);
    expect(svg.match(/<svg/g)?.length).toBe(5);
  });
});

describe('the summary', () => {
  const sentencesOf = ({ summary }: ReportDocument) => summary.flatMap(({ text }) => text.split(/(?<=[.!?]) (?=[A-Z])/u));

  test('has at most ten sentences, however many results there are', async () => {
    const { metrics, ...input } = sampleInput();
    const many = Array.from({ length: 40 }, (_, index) =>
      metrics.map((entry) => {
        const items = `${entry.metrics.items} ${index % 5}`;
        return { ...entry, model: `${entry.model} ${index % 8}`, metrics: { ...entry.metrics, items } };
      }),
    ).flat();
    const document = documentIn(await renderTexts({ ...input, metrics: many, views: sampleViews() }));
    expect(sentencesOf(document).length).toBeLessThanOrEqual(9);
    expect(document.summary[0]?.text).toMatch(/^Of 400 pairs, .* first: 16 models from 0\.660 \(rm-base 0\) to 0\.708 \(rm-pmp \d\)/);
    expect(document.summary.find(({ lead }) => lead === 'More')?.text).toBe('9 more sets of items are in the tables.');
  });

  test('says what the numbers speak about: one seed, several, or both', async () => {
    const said = async (view: ReportView) => (await shown(view)).document.summary.find(({ lead }) => lead === 'What this cannot show')?.text;
    const single = { ...table, rows: table.rows.map((row) => ({ ...row, cells: row.cells.map((cell) => ({ ...cell, seeds: [1] })) })) };
    expect(await said(table)).toBe('The tables give means over 3 training seeds at most; their intervals cover items and seeds, and few seeds make them wide.');
    expect(await said(single)).toMatch(/^Each number rests on one training seed, so an interval covers the choice of items/);
    const mixed = { ...table, rows: [...table.rows.slice(0, 1), ...single.rows.slice(1)] };
    expect(await said(mixed)).toMatch(/^3 of 10 numbers of the tables and figures are means over up to 3 training seeds/);
  });
});
