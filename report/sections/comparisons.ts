import type { PairedDifference } from '../../stats/index.ts';
import { comparePaired, holm } from '../../stats/index.ts';
import type { Section, ShownEstimate } from '../document.ts';
import { count, text } from '../document.ts';
import type { ReportInput } from '../../ports/report.ts';
import { bySet, metricsOf } from '../sources.ts';
import { row } from './cells.ts';

/** One model against another on the same items. */
export interface Comparison extends PairedDifference {
  measure: string;
  dataset: string | null;
  first: string;
  second: string;
  sources: number[];
  /** Adjusted for all comparisons of the report. */
  holm: number;
}

/** Every two results of one kind that were measured on the same items; Best-of-N at its largest N. */
export function comparisonsOf(input: ReportInput): Comparison[] {
  const found = [...shares(input, 'eval/accuracy', 'Accuracy'), ...shares(input, 'eval/choice', 'Multiple choice'), ...bestOfN(input)];
  const adjusted = holm(found.map(({ p }) => p));
  return found.map((each, index) => ({ ...each, holm: adjusted[index] ?? 1 }));
}

export function comparisonsSection(comparisons: readonly Comparison[]): Section | null {
  if (comparisons.length === 0) return null;
  const reach = Math.max(0.05, ...comparisons.flatMap(({ interval }) => interval.map(Math.abs)));
  return {
    id: 'comparisons',
    heading: 'Paired comparisons',
    short: 'Comparisons',
    paragraphs: [],
    blocks: [
      {
        block: 'table',
        id: 'table-s4',
        name: 'Table S4',
        caption: 'Differences between two models on the same items: first minus second, with 95 % intervals.',
        columns: [
          { label: 'First − second', align: 'left' },
          { label: 'Difference [95 %]', align: 'right' },
          { label: 'Second – first better', align: 'left', scale: { low: -reach, high: reach, reference: 0 } },
          { label: 'n', align: 'right' },
          { label: 'Only first / second', align: 'right' },
          { label: 'p', align: 'right' },
          { label: 'p (Holm)', align: 'right' },
        ],
        groups: grouped(comparisons).map(({ heading, members }) => ({ heading, rows: members.map(rowOf) })),
        notes: [
          `p: from the interval, which excludes 0 exactly where p is below 0.05. p (Holm): adjusted for the ${comparisons.length} ${comparisons.length === 1 ? 'comparison' : 'comparisons'} of this table.`,
          'Only: items that the one gets right and the other does not; for Best-of-N, questions where it is worth more.',
        ],
      },
    ],
  };
}

type Unadjusted = Omit<Comparison, 'holm'>;

function shares(input: ReportInput, kind: 'eval/accuracy' | 'eval/choice', measure: string): Unadjusted[] {
  return bySet(metricsOf(input, kind)).flatMap(({ heading, members }) =>
    pairsOf(members).flatMap(([first, second]) => {
      const [ours, theirs] = [first, second].map(({ metrics }) => Array.from(metrics.outcomes, (outcome) => (outcome === '1' ? 1 : 0)));
      const { clusters } = first.metrics;
      const paired = comparePaired({ first: ours ?? [], second: theirs ?? [], ...(clusters && { clusters }) });
      return paired ? [{ ...paired, measure, dataset: heading, ...names(first, second) }] : [];
    }),
  );
}

function bestOfN(input: ReportInput): Unadjusted[] {
  return bySet(metricsOf(input, 'eval/bon')).flatMap(({ heading, members }) =>
    pairsOf(members).flatMap(([first, second]) => {
      const at = Math.min(first.metrics.best.at, second.metrics.best.at);
      const values = [first, second].map(
        ({ metrics }) => metrics.outcomes.find((each) => each.name === 'model' && each.at === at)?.values ?? [],
      );
      const paired = at > 1 ? comparePaired({ first: values[0] ?? [], second: values[1] ?? [] }) : null;
      return paired ? [{ ...paired, measure: `Best-of-${at}`, dataset: heading, ...names(first, second) }] : [];
    }),
  );
}

type LabelledSource = { label: string; source: number };

function names(first: LabelledSource, second: LabelledSource): Pick<Comparison, 'first' | 'second' | 'sources'> {
  return { first: first.label, second: second.label, sources: [first.source, second.source] };
}

function pairsOf<T>(members: readonly T[]): [T, T][] {
  return members.flatMap((first, index) => members.slice(index + 1).map((second): [T, T] => [first, second]));
}

function grouped(comparisons: readonly Comparison[]) {
  const headings = comparisons.map(({ measure, dataset }) => (dataset === null ? measure : `${measure}, ${dataset}`));
  return [...new Set(headings)].map((heading) => ({ heading, members: comparisons.filter((_, index) => headings[index] === heading) }));
}

function rowOf({ first, second, n, difference, interval, first_only, second_only, p, holm: adjusted, sources }: Comparison) {
  const estimate: ShownEstimate = { n, value: difference, interval, method: 'paired' };
  return row(
    [
      text(`${first} − ${second}`),
      { cell: 'estimate', estimate, signed: true },
      { cell: 'drawn', estimate },
      count(n),
      text(`${first_only} / ${second_only}`),
      { cell: 'p', value: p },
      { cell: 'p', value: adjusted },
    ],
    { sources, tone: 'model' },
  );
}
