import type { AccuracyMetrics } from '../../plan/metrics.ts';
import type { Section, Table } from '../document.ts';
import type { ReportInput, ScoredTexts } from '../../ports/report.ts';
import { metricsOf } from '../sources.ts';
import { cutNotes, modelRow, shareColumns, shareGroups } from './cells.ts';
import type { SeriesOf } from '../series-of.ts';

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

type AccuracyEntry = { metrics: AccuracyMetrics; label: string; source: number; dataset?: string; scored?: ScoredTexts };

function accuracyTable(entries: readonly AccuracyEntry[], seriesOf: SeriesOf): Table {
  return {
    block: 'table',
    id: 'table-1',
    name: 'Table 1',
    caption: 'Share of held-out pairs whose chosen answer scores strictly higher than the rejected one, with 95 % intervals.',
    columns: shareColumns('Model', 0.5),
    groups: shareGroups(entries, seriesOf),
    notes: [
      'Ties: pairs with two equal scores; for a model they count as wrong.',
      'Below the models: trivial rules on the same pairs. Where a rule cannot tell the two answers apart it guesses, which counts one half.',
      ...cutNotes(entries),
    ],
  };
}

function kindsTable(entries: readonly AccuracyEntry[], seriesOf: SeriesOf): Table {
  const kinds = [...new Set(entries.flatMap(({ metrics }) => metrics.kinds.map(({ kind }) => kind)))].sort();
  return {
    block: 'table',
    id: 'table-s1',
    name: 'Table S1',
    caption: 'The same accuracy by the kind of error in the rejected answer.',
    columns: shareColumns('Model', 0.5),
    groups: kinds.map((kind) => ({
      heading: kind,
      rows: entries.flatMap(({ metrics, ...entry }) =>
        metrics.kinds.filter((each) => each.kind === kind).map((each) => modelRow(entry, each, seriesOf)),
      ),
    })),
    notes: ['Each kind has few pairs: intervals are wide, and many rows are looked at at once.'],
  };
}
