import type { BonSelector, Estimate } from '../../plan/index.ts';
import type { ReportInput } from '../../ports/report.ts';
import type { ReportSection, ReportTable, TableCell, TableRow } from '../../schemas/index.ts';
import { column, count, detailTable, estimated, row, text, withBest } from '../document.ts';
import { bestOfNFigure } from '../figures/best-of-n.ts';
import { selectorLabels } from '../labels.ts';
import { estimateText } from '../numbers.ts';
import { bySet, metricsOf } from '../sources.ts';
import type { BonEntry } from '../sources.ts';
import { MOST_SERIES } from '../series-of.ts';
import type { SeriesOf } from '../series-of.ts';
import { countNotes, inColour } from './cells.ts';
import { releasedTable } from './released.ts';
import { bestOfNRules, rulesTable } from './rules.ts';

type Sets = { heading: string | null; members: BonEntry[] }[];

/** Best-of-N beside selections that use no model. */
export function bestOfNSection(input: ReportInput, seriesOf: SeriesOf): ReportSection | null {
  const entries = metricsOf(input, 'eval/bon');
  if (entries.length === 0) return null;
  const sets = bySet(entries);
  const drawn = sets.filter(({ members }) => members.length <= MOST_SERIES);
  const rules = rulesTable('best-of-n-against-rules', 'questions', bestOfNRules(entries));
  const released = releasedTable(
    'best-of-n-as-released',
    entries.map(({ label, source, metrics }) => ({
      label,
      source,
      values: metrics.as_released.filter(({ at }) => at === metrics.best.at),
    })),
  );
  return {
    id: 'best-of-n',
    heading: 'Best-of-N',
    short: 'Best-of-N',
    paragraphs: [
      'N answers are sampled to a question and one of them is selected. Each value is the exact mean over all subsets of N of the sampled answers (majorities: over all or up to 200 drawn subsets); intervals are over questions. Differences to rules are at the largest N.',
    ],
    blocks: [
      ...(drawn.length > 0 ? [bestOfNFigure(drawn, seriesOf)] : []),
      numbersTable(sets, seriesOf),
      ...(rules ? [rules] : []),
      ...(released ? [released] : []),
    ],
  };
}

function numbersTable(sets: Sets, seriesOf: SeriesOf): ReportTable {
  const curves = sets.flatMap(({ members }) => members.flatMap(({ metrics }) => metrics.curves));
  const sizes = [...new Set(curves.flatMap(({ points }) => points.map(({ at }) => at)))];
  sizes.sort((a, b) => a - b);
  return detailTable({
    id: 'best-of-n-numbers',
    caption: 'Best-of-N: share of questions answered right, with 95 % intervals over questions.',
    columns: [column('Selection', 'left'), ...sizes.map((at) => column(`N = ${at}`)), column('Questions')],
    groups: sets.map(({ heading, members }) => ({ heading, rows: rowsOf(members, sizes, seriesOf) })),
    notes: [...candidatesNotes(sets.flatMap(({ members }) => members)), ...countNotes(sets.flatMap(({ members }) => members))],
    folded: true,
  });
}

function rowsOf(members: readonly BonEntry[], sizes: readonly number[], seriesOf: SeriesOf): TableRow[] {
  const [first] = members;
  const shared: BonSelector[] = ['oracle', 'majority', 'random', 'longest', 'shortest'];
  const line = (entry: BonEntry, name: BonSelector, label: string, tone: TableRow['tone']): TableRow =>
    row(cellsOf(entry, name, label, sizes), {
      sources: [entry.source],
      tone,
      ...(tone === 'model' ? inColour(entry.label, seriesOf) : {}),
    });
  return [
    ...withBest(members.map((entry) => line(entry, 'model', entry.label, 'model'))),
    ...members.map((entry) => line(entry, 'weighted-majority', `${selectorLabels['weighted-majority']}, ${entry.label}`, 'plain')),
    ...(first ? shared.map((name) => line(first, name, selectorLabels[name], 'baseline')) : []),
  ];
}

function cellsOf({ metrics }: BonEntry, name: BonSelector, label: string, sizes: readonly number[]): TableCell[] {
  const points = metrics.curves.find((curve) => curve.name === name)?.points ?? [];
  const most = Math.max(0, ...points.map(({ n }) => n));
  const cells = sizes.map((size): TableCell => {
    const estimate: Estimate | undefined = points.find(({ at }) => at === size);
    return estimate ? estimated(estimate, estimate.n === most ? {} : { showN: true }) : text('—');
  });
  return [text(label), ...cells, count(most)];
}

/** Models whose candidates a note describes at most. */
const MOST_DESCRIBED = 12;

function candidatesNotes(entries: readonly BonEntry[]): string[] {
  const described = entries.slice(0, MOST_DESCRIBED).map(candidatesNote);
  const more = entries.length - described.length;
  return more > 0 ? [...described, `${more} more models are not described here.`] : described;
}

function candidatesNote({ metrics, label }: BonEntry): string {
  const { total, fewest, most } = metrics.candidates;
  const each = fewest === most ? `${most} each` : `${fewest} to ${most} each`;
  const left = metrics.left_out === 0 ? '' : `; ${metrics.left_out} questions with fewer answers count nowhere`;
  const auc =
    metrics.auc.value === null
      ? 'no question has both right and wrong answers'
      : `a right answer scores above a wrong one with probability ${estimateText(metrics.auc)} over the ${metrics.auc.n} questions that have both`;
  return `${label}: ${total} answers, ${each}; ${metrics.ties} groups of equal scores (selection among them averaged)${left}; ${auc}.`;
}
