import type { Baseline, Estimate } from '../../plan/metrics.ts';
import type { TableCell, Column, TableRow, Table } from '../document.ts';
import type { ScoredTexts } from '../../ports/report.ts';
import { count, text } from '../document.ts';
import { baselineLabels } from '../labels.ts';
import { bySet } from '../sources.ts';
import type { SeriesOf } from '../series-of.ts';

/** Columns of a table of shares: the value with its interval, drawn, and what it rests on. */
export function shareColumns(first: string, reference: number): Column[] {
  return [
    { label: first, align: 'left' },
    { label: 'Accuracy [95 %]', align: 'right' },
    { label: '0 to 1', align: 'left', scale: { low: 0, high: 1, reference } },
    { label: 'n', align: 'right' },
    { label: 'Ties', align: 'right' },
  ];
}

interface ShareEntry {
  metrics: { items: string; accuracy: Estimate; ties: number; baselines: readonly Baseline[] };
  label: string;
  source: number;
  dataset?: string;
}

/**
 * Rows under these columns, one group for each set of items: the models, then the rules of the set, the strongest first: that is
 * the one to beat.
 */
export function shareGroups(entries: readonly ShareEntry[], seriesOf: SeriesOf): Table['groups'] {
  return bySet(entries).map(({ heading, members }) => {
    const [first] = members;
    const rules = (first?.metrics.baselines ?? []).toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
    const ruleRow = (rule: Baseline): TableRow =>
      row(shareCells(baselineLabels[rule.name], rule, rule.name === 'random' ? null : rule.ties), {
        sources: [first?.source ?? 0],
        tone: 'baseline',
      });
    return { heading, rows: [...members.map(({ metrics, ...entry }) => modelRow(entry, metrics, seriesOf)), ...rules.map(ruleRow)] };
  });
}

/** The row of a model under these columns. */
export function modelRow(
  { label, source }: Pick<ShareEntry, 'label' | 'source'>,
  { accuracy, ties }: { accuracy: Estimate; ties: number },
  seriesOf: SeriesOf,
): TableRow {
  return row(shareCells(label, accuracy, ties), { sources: [source], tone: 'model', series: seriesOf(label) });
}

function shareCells(label: string, estimate: Estimate, ties: number | null): TableCell[] {
  return [text(label), { cell: 'estimate', estimate }, { cell: 'drawn', estimate }, count(estimate.n), count(ties)];
}

/** How many of the texts a model scored were cut; nothing where none was. */
export function cutNotes(entries: readonly { label: string; scored?: ScoredTexts }[]): string[] {
  const cut = entries.flatMap(({ label, scored }) => (scored && scored.cut > 0 ? [`${label} ${scored.cut} of ${scored.texts}`] : []));
  return cut.length === 0 ? [] : [`Texts cut to the length of the model's training before they were scored: ${cut.join(', ')}.`];
}

export function row(cells: TableCell[], options: { sources: number[]; tone?: TableRow['tone']; series?: number }): TableRow {
  return { cells, tone: 'plain', ...options };
}
