import type { BonSelector, Estimate } from '../../plan/metrics.ts';
import type { TableCell, TableRow, Section, Table } from '../document.ts';
import { count, text } from '../document.ts';
import { bestOfNFigure } from '../figures/best-of-n.ts';
import type { Pen } from '../figures/draw.ts';
import type { ReportInput } from '../../ports/report.ts';
import { selectorLabels } from '../labels.ts';
import { bySet, metricsOf } from '../sources.ts';
import type { BonEntry } from '../sources.ts';
import { cutNotes, row } from './cells.ts';
import type { SeriesOf } from '../series-of.ts';

/** Figure 3 and the numbers behind it. */
export async function bestOfNSection(input: ReportInput, seriesOf: SeriesOf, pen: Pen): Promise<Section | null> {
  const entries = metricsOf(input, 'eval/bon');
  if (entries.length === 0) return null;
  const sets = bySet(entries);
  return {
    id: 'best-of-n',
    heading: 'Best-of-N',
    short: 'Best-of-N',
    paragraphs: [
      'N answers are sampled to a question and one of them is selected. Each value is the exact mean over all subsets of N of the sampled answers (majorities: over all or up to 200 drawn subsets); intervals are over questions.',
    ],
    blocks: [await bestOfNFigure({ sets, seriesOf, pen }), numbersTable(sets, seriesOf)],
  };
}

type Sets = { heading: string | null; members: BonEntry[] }[];

function numbersTable(sets: Sets, seriesOf: SeriesOf): Table {
  const sizes = [...new Set(sets.flatMap(({ members }) => members.flatMap(({ metrics }) => metrics.outcomes.map(({ at }) => at))))];
  sizes.sort((a, b) => a - b);
  return {
    block: 'table',
    id: 'table-s3',
    name: 'Table S3',
    caption: 'The numbers behind Figure 3: share of questions answered right, with 95 % intervals over questions.',
    columns: [
      { label: 'Selection', align: 'left' },
      ...sizes.map((at) => ({ label: `N = ${at}`, align: 'right' as const })),
      { label: 'Questions', align: 'right' },
    ],
    groups: sets.map(({ heading, members }) => ({ heading, rows: rowsOf(members, sizes, seriesOf) })),
    notes: [...sets.flatMap(({ members }) => members.map(candidatesNote)), ...cutNotes(sets.flatMap(({ members }) => members))],
    folded: true,
  };
}

function rowsOf(members: readonly BonEntry[], sizes: readonly number[], seriesOf: SeriesOf): TableRow[] {
  const [first] = members;
  const shared: BonSelector[] = ['oracle', 'majority', 'random', 'longest', 'shortest'];
  const line = (entry: BonEntry, name: BonSelector, label: string, tone: TableRow['tone']): TableRow =>
    row(cellsOf(entry, name, label, sizes), {
      sources: [entry.source],
      tone,
      ...(tone === 'model' ? { series: seriesOf(entry.label) } : {}),
    });
  return [
    ...members.map((entry) => line(entry, 'model', entry.label, 'model')),
    ...members.map((entry) => line(entry, 'weighted-majority', `${selectorLabels['weighted-majority']}, ${entry.label}`, 'plain')),
    ...(first ? shared.map((name) => line(first, name, selectorLabels[name], 'baseline')) : []),
  ];
}

function cellsOf({ metrics }: BonEntry, name: BonSelector, label: string, sizes: readonly number[]): TableCell[] {
  const points = metrics.curves.find((curve) => curve.name === name)?.points ?? [];
  const most = Math.max(0, ...points.map(({ n }) => n));
  const cells = sizes.map((size): TableCell => {
    const estimate: Estimate | undefined = points.find(({ at }) => at === size);
    return estimate ? { cell: 'estimate', estimate, showN: estimate.n !== most } : text('—');
  });
  return [text(label), ...cells, count(most)];
}

function candidatesNote({ metrics, label }: BonEntry): string {
  const { total, fewest, most } = metrics.candidates;
  const each = fewest === most ? `${most} each` : `${fewest} to ${most} each`;
  const auc =
    metrics.auc.value === null
      ? 'no question has both right and wrong answers'
      : `a right answer scores above a wrong one with probability ${metrics.auc.value.toFixed(3)} [${metrics.auc.interval?.map((end) => end.toFixed(3)).join(', ') ?? ''}] over the ${metrics.auc.n} questions that have both`;
  return `${label}: ${total} answers, ${each}; ${metrics.ties} groups of equal scores (selection among them averaged); ${auc}.`;
}
