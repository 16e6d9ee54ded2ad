import type { ReportView, ViewCell, ViewLine } from '../../ports/report.ts';
import { createRandom } from '../../stats/index.ts';

/** Declared tables and figures as the paper has them, over the sources of `sampleInput`. */
export function sampleViews(): ReportView[] {
  random = createRandom(77);
  return [accuracyMatrix(), overSizes(), manyLines()];
}

let random = createRandom(77);

/** A cell over three seeds; `value` is its mean. */
export function sampleCell(value: number, more: Partial<ViewCell> = {}): ViewCell {
  const half = 0.02 + 0.01 * random();
  return { value, interval: [value - half, value + half], n: 500, seeds: [1, 2, 3], target: 'method', sources: [0, 1], ...more };
}

const empty = (reason: string): ViewCell => ({ value: null, interval: null, n: 0, seeds: [], target: 'models', sources: [], reason });

function accuracyMatrix(): ReportView {
  const cells = (values: number[], published: string[], best: boolean) =>
    values.map((value, index) => sampleCell(value, { published: published[index] ?? '', ...(best && { best }) }));
  return {
    form: 'table',
    name: 'table-1',
    label: 'Table 1',
    title: 'Accuracy of reward models on held-out pairs.',
    folded: 'Means over 3 training seeds; intervals at 95 % over items and seeds, about the method.',
    footnotes: ['The paper gives no intervals and does not say how many seeds it has.'],
    rowHeads: ['Model', 'PMP'],
    columnHeads: [
      ['Mathematics', 'Logic', 'Logic'],
      ['MathShepherd-pair', 'ReClor-pair', 'LogiQA2.0-pair'],
    ],
    rows: [
      { heads: ['1.5B', '✗'], cells: cells([0.7226, 0.758, 0.7538], ['0.7226', '0.758', '0.7538'], false) },
      { heads: ['1.5B', '✓'], cells: cells([0.8186, 0.794, 0.7774], ['0.8186', '0.794', '0.7774'], true) },
      { heads: ['7B', '✗'], cells: [...cells([0.8777, 0.862], ['0.8777', '0.862'], false), empty('rm-logiqa2 (model=7B): out of memory')] },
      { heads: ['7B', '✓'], cells: [...cells([0.9274, 0.874], ['0.9274', '0.874'], true), empty('rm-logiqa2 (model=7B): out of memory')] },
    ],
  };
}

/** Sizes by √2 from 500 to 40,000 or so. */
export const sizes = Array.from({ length: 13 }, (_, index) => Math.round(500 * 2 ** (index / 2)));

function risingLine(label: string, { limit, factor, role = 'series' }: { limit: number; factor: number; role?: ViewLine['role'] }): ViewLine {
  const points = sizes.map((x) => ({ x, cell: sampleCell(limit - factor * x ** -0.5 + (random() - 0.5) * 0.008) }));
  return { label, role, points };
}

function overSizes(): ReportView {
  const ticks = sizes.map((at) => ({ at, label: String(at).replace(/\B(?=(\d{3})+$)/g, ',') }));
  const x = { label: 'Pairs for finetuning', scale: 'log sqrt2' as const, ticks };
  const y = { label: 'Best-of-256 accuracy' };
  const panel = (title: string, shift: number, fit: 'power law' | null) => ({
    title,
    x,
    y,
    fit,
    lines: [
      risingLine('1.5B ✗', { limit: 0.6 + shift, factor: 6 }),
      risingLine('1.5B ✓', { limit: 0.72 + shift, factor: 4 }),
      risingLine('7B ✗', { limit: 0.7 + shift, factor: 5 }),
      risingLine('7B ✓', { limit: 0.78 + shift, factor: 2.5 }),
      { label: 'without PMP', role: 'reference' as const, points: [{ x: sizes[0] ?? 0, cell: sampleCell(0.55 + shift) }] },
    ],
  });
  return {
    form: 'figure',
    name: 'figure-4',
    label: 'Figure 4',
    title: 'Sample efficiency: Best-of-N accuracy against the number of finetuning pairs.',
    folded: 'Means over 3 training seeds.',
    footnotes: [],
    panels: [panel('GSM8K', 0.1, 'power law'), panel('MATH', -0.2, 'power law'), panel('ReClor', 0, null), panel('LogiQA2.0', -0.05, null)],
  };
}

function manyLines(): ReportView {
  const ns = [1, 2, 4, 8, 16];
  const line = (index: number): ViewLine => ({
    label: `construction ${index + 1}`,
    role: 'series',
    points: ns.map((x) => ({ x, cell: x === 16 && index === 3 ? empty('bon@construction=4 was skipped') : sampleCell(0.4 + 0.01 * index + 0.05 * Math.log2(x)) })),
  });
  return {
    form: 'figure',
    name: 'my sweep',
    label: '',
    title: 'Fourteen constructions.',
    folded: '',
    footnotes: [],
    panels: [
      {
        title: 'GSM8K',
        x: { label: 'Sampled answers N', scale: 'log2', ticks: ns.map((at) => ({ at, label: `${at}` })) },
        y: { label: 'Accuracy' },
        fit: null,
        lines: Array.from({ length: 14 }, (_, index) => line(index)),
      },
    ],
  };
}
