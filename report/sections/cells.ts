import type { Baseline, Estimate, EvaluationCounts } from '../../plan/index.ts';
import type { ReportTable, TableCell, TableColumn, TableRow } from '../../schemas/index.ts';
import { column, count, estimated, row, text, withBest } from '../document.ts';
import { baselineLabels } from '../labels.ts';
import { bySet } from '../sources.ts';
import type { SeriesOf } from '../series-of.ts';

/** Columns of a table of shares: the value with its interval, which is also drawn, and what it rests on. */
export function shareColumns(first: string, reference: number): TableColumn[] {
  const scale = { low: 0, high: 1, reference, label: `0 to 1, dashed: ${reference}` };
  return [column(first, 'left'), { ...column('Accuracy [95 %]'), scale }, column('n'), column('Ties')];
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
export function shareGroups(entries: readonly ShareEntry[], seriesOf: SeriesOf): ReportTable['groups'] {
  return bySet(entries).map(({ heading, members }) => {
    const [first] = members;
    const rules = (first?.metrics.baselines ?? []).toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
    const ruleRow = (rule: Baseline): TableRow =>
      row(shareCells(baselineLabels[rule.name], rule, rule.name === 'random' ? null : rule.ties), {
        sources: [first?.source ?? 0],
        tone: 'baseline',
      });
    const models = withBest(members.map(({ metrics, ...entry }) => modelRow(entry, metrics, seriesOf)));
    return { heading, rows: [...models, ...rules.map(ruleRow)] };
  });
}

/** The row of a model under these columns. */
export function modelRow(
  { label, source }: Pick<ShareEntry, 'label' | 'source'>,
  { accuracy, ties }: { accuracy: Estimate; ties: number },
  seriesOf: SeriesOf,
): TableRow {
  return row(shareCells(label, accuracy, ties), { sources: [source], tone: 'model', ...inColour(label, seriesOf) });
}

/** The place among the colours, where there is one. */
export function inColour(label: string, seriesOf: SeriesOf): Pick<TableRow, 'series'> {
  const series = seriesOf(label);
  return series === undefined ? {} : { series };
}

function shareCells(label: string, estimate: Estimate, ties: number | null): TableCell[] {
  return [text(label), estimated(estimate), count(estimate.n), count(ties)];
}

/** Notes name at most so many. */
const MOST_NAMED = 12;

interface CountedEntry {
  label: string;
  metrics: { counts?: EvaluationCounts };
}

/** What happened to the texts behind the numbers, of each kind that there was: cut, late, unreadable, truncated; and the graders. */
export function countNotes(entries: readonly CountedEntry[]): string[] {
  const counted = (ofEntry: (counts: EvaluationCounts) => string | null): string[] =>
    entries.flatMap(({ label, metrics }) => {
      const said = ofEntry(metrics.counts ?? {});
      return said === null ? [] : [`${label} ${said}`];
    });
  const some = (value: number | undefined): string | null => (value === undefined || value === 0 ? null : `${value}`);
  const notes: [string, string[]][] = [
    ["Texts cut to the length of the model's training before they were scored", counted(({ cut, texts }) => (some(cut) === null ? null : `${cut} of ${texts}`))],
    ['Answers whose grading ran out of time', counted(({ late }) => some(late))],
    ['Answers that no grader could read', counted(({ unreadable }) => some(unreadable))],
    ['Candidates that the token limit ended', counted(({ truncated }) => some(truncated))],
  ];
  return [...notes.flatMap(([what, values]) => (values.length === 0 ? [] : [`${what}: ${someNamed(values)}.`])), ...graderNotes(entries)];
}

function graderNotes(entries: readonly CountedEntry[]): string[] {
  const graders = new Set(entries.flatMap(({ metrics }) => Object.entries(metrics.counts?.graders ?? {}).map((each) => each.join(' '))));
  return graders.size === 0 ? [] : [`Graders: ${[...graders].sort().join(', ')}.`];
}

function someNamed(values: readonly string[]): string {
  const named = values.slice(0, MOST_NAMED);
  return [...named, ...(values.length > named.length ? [`and ${values.length - named.length} more models`] : [])].join(', ');
}
