/** A report of 2,000 cells with its views, in every format: less than 10 s, and no file above 10 MB. */
import type { ReportInput, ReportView, ViewCell } from '../../ports/report.ts';
import { renderReport } from '../../report/index.ts';
import { digest, sampleInput } from '../../test/report/sample-input.ts';
import { sampleCell, sizes } from '../../test/report/sample-views.ts';

const CELLS = 2000;
const [most, largest] = [10, 10];
const models = 8;

const input = sampleInput();
const [accuracy, , choice, , bon] = input.metrics;
if (!accuracy || !choice || !bon) throw new Error('the sample has no metrics');
const metrics = Array.from({ length: CELLS }, (_, index) => {
  const { metrics: measured } = [accuracy, choice, bon][index % 3] ?? accuracy;
  const set = Math.floor(index / 3) % 12;
  const step = `${measured.kind} (model=${index % models}, rm_pairs=${index}, seed=${1 + (index % 3)})`;
  const own = { ...measured, items: `${measured.items} ${set}` };
  const names = { step, model: `rm-math (cell ${index})`, dataset: `set ${set}` };
  return { ...names, key: digest(`key ${index}`), artifact: digest(`artifact ${index}`), metrics: own };
});
const training = Array.from({ length: 100 }, (_, index) => input.training.map((run) => ({ ...run, step: `${run.step} (cell ${index})` }))).flat();

function cellAt(index: number): ViewCell {
  const sources = [0, 1, 2].map((seed) => (3 * index + seed) % CELLS);
  return sampleCell(0.5 + (0.4 * ((index * 37) % 100)) / 100, { published: '0.758', sources });
}

/** Four tables of 100 cells, four figures of eight lines over thirteen sizes with laws. */
const tables = Array.from({ length: 4 }, (_, table): ReportView => ({
  form: 'table',
  name: `table-${table + 1}`,
  label: `Table ${table + 1}`,
  title: 'Accuracy.',
  footnotes: [],
  folded: 'Means over 3 seeds.',
  rowHeads: ['Model', 'PMP'],
  columnHeads: [['a', 'b', 'c', 'd', 'e']],
  rows: Array.from({ length: 20 }, (__, row) => ({
    heads: [`model ${Math.floor(row / 2)}`, row % 2 === 0 ? '✗' : '✓'],
    cells: Array.from({ length: 5 }, (___, column) => cellAt(table * 100 + row * 5 + column)),
  })),
}));
const figures = Array.from({ length: 4 }, (_, figure): ReportView => ({
  form: 'figure',
  name: `figure-${figure + 3}`,
  label: `Figure ${figure + 3}`,
  title: 'Against size.',
  footnotes: [],
  folded: 'Means over 3 seeds.',
  panels: ['GSM8K', 'MATH', 'ReClor', 'LogiQA2.0'].map((title) => ({
    title,
    x: { label: 'Pairs', scale: 'log sqrt2', ticks: sizes.map((at) => ({ at, label: `${at}` })) },
    y: { label: 'Accuracy' },
    fit: 'power law',
    lines: Array.from({ length: models }, (__, line) => ({
      label: `model ${line}`,
      role: 'series' as const,
      points: sizes.map((x, place) => ({ x, cell: { ...cellAt(line * 13 + place), value: 0.8 - (2 + line) * x ** -0.4 } })),
    })),
  })),
}));

const whole: ReportInput = { ...input, metrics, training, views: [...tables, ...figures] };
const [began, before] = [performance.now(), process.cpuUsage()];
const { files } = await renderReport(whole);
const wall = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(before);
const seconds = (user + system) / 1e6;
const sizesOf = files.map(({ name, content }) => ({ name, megabytes: Buffer.byteLength(content) / 1e6 }));
sizesOf.sort((a, b) => b.megabytes - a.megabytes);
const sum = sizesOf.reduce((total, { megabytes }) => total + megabytes, 0);
const page = new TextDecoder().decode(Buffer.from(files.find(({ name }) => name === 'report.json')?.content ?? ''));
const { summary } = JSON.parse(page) as { summary: { text: string }[] };
const shown = `${CELLS.toLocaleString('en')} measurements, ${tables.length} tables, ${figures.length} figures`;
console.log(`${shown}: ${seconds.toFixed(1)} s of processor time (aim: below ${most} s), ${wall.toFixed(1)} s in all`);
for (const { name, megabytes } of sizesOf.slice(0, 6)) console.log(`${name}: ${megabytes.toFixed(2)} MB (aim: below ${largest} MB)`);
console.log(`all ${files.length} files: ${sum.toFixed(1)} MB; ${summary.length} entries in the summary`);
if (seconds >= most || sizesOf.some(({ megabytes }) => megabytes >= largest)) process.exitCode = 1;
