import type { AccuracyMetrics, Baseline } from '../../plan/metrics.ts';
import type { Section, Table } from '../document.ts';
import type { ReportInput } from '../input.ts';
import { baselineLabels } from '../labels.ts';
import { bySet, metricsOf } from '../sources.ts';
import { row, shareCells, shareColumns } from './cells.ts';
import type { SeriesOf } from './series-of.ts';

/** Table 1 and the breakdown by kind of error. */
export function accuracySection(input: ReportInput, seriesOf: SeriesOf): Section | null {
  const entries = metricsOf(input, 'eval/accuracy');
  if (entries.length === 0) return null;
  const breakdown = entries.some(({ metrics }) => metrics.kinds.length > 0);
  return {
    id: 'accuracy',
    heading: 'Reward model accuracy',
    short: 'Accuracy',
    paragraphs: [],
    blocks: [accuracyTable(entries, seriesOf), ...(breakdown ? [kindsTable(entries, seriesOf)] : [])],
  };
}

type Entry = { metrics: AccuracyMetrics; label: string; source: number; dataset?: string };

function accuracyTable(entries: readonly Entry[], seriesOf: SeriesOf): Table {
  return {
    block: 'table',
    id: 'table-1',
    name: 'Table 1',
    caption: 'Share of held-out pairs whose chosen answer scores strictly higher than the rejected one, with 95 % Wilson intervals.',
    columns: shareColumns('Model', 0.5),
    groups: bySet(entries).map(({ heading, members }) => ({
      heading,
      rows: [
        ...members.map(({ label, metrics, source }) =>
          row(shareCells(label, metrics.accuracy, metrics.ties), { sources: [source], tone: 'model', series: seriesOf(label) }),
        ),
        ...baselineRows(members[0]?.metrics.baselines ?? [], members[0]?.source ?? 0),
      ],
    })),
    notes: [
      'Ties: pairs with two equal scores; for a model they count as wrong.',
      'Below the models: trivial rules on the same pairs. Where a rule can not tell the two answers apart it guesses, which counts one half.',
    ],
  };
}

/** Rules in order of their value, the strongest first: that is the one to beat. */
export function baselineRows(baselines: readonly Baseline[], source: number) {
  return baselines
    .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0))
    .map((each) => row(shareCells(baselineLabels[each.name], each, each.name === 'random' ? null : each.ties), { sources: [source], tone: 'baseline' }));
}

function kindsTable(entries: readonly Entry[], seriesOf: SeriesOf): Table {
  const kinds = [...new Set(entries.flatMap(({ metrics }) => metrics.kinds.map(({ kind }) => kind)))].sort();
  return {
    block: 'table',
    id: 'table-s1',
    name: 'Table S1',
    caption: 'The same accuracy by the kind of error in the rejected answer.',
    columns: shareColumns('Model', 0.5),
    groups: kinds.map((kind) => ({
      heading: kind,
      rows: entries.flatMap(({ metrics, label, source }) =>
        metrics.kinds
          .filter((each) => each.kind === kind)
          .map(({ accuracy, ties }) => row(shareCells(label, accuracy, ties), { sources: [source], tone: 'model', series: seriesOf(label) })),
      ),
    })),
    notes: ['Each kind has few pairs: intervals are wide, and many rows are looked at at once.'],
  };
}
