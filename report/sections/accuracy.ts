import type { AccuracyMetrics } from '../../plan/index.ts';
import type { ReportSection, ReportTable } from '../../schemas/index.ts';
import { detailTable, foldedIfLong, withBest } from '../document.ts';
import type { ReportInput } from '../../ports/report.ts';
import { metricsOf } from '../sources.ts';
import type { MeasuredEntry } from '../sources.ts';
import { countNotes, modelRow, shareColumns, shareGroups } from './cells.ts';
import { rulesTable, shareRules } from './rules.ts';
import type { SeriesOf } from '../series-of.ts';

/** Accuracy on pairs beside trivial rules, and the breakdown by kind of error. */
export function accuracySection(input: ReportInput, seriesOf: SeriesOf): ReportSection | null {
  const entries = metricsOf(input, 'eval/accuracy');
  if (entries.length === 0) return null;
  const breakdown = entries.some(({ metrics }) => metrics.kinds.length > 0);
  const rules = rulesTable('accuracy-against-rules', 'pairs', shareRules(entries));
  return {
    id: 'accuracy',
    heading: 'Reward model accuracy',
    short: 'Accuracy',
    paragraphs: [],
    blocks: [accuracyTable(entries, seriesOf), ...(rules ? [rules] : []), ...(breakdown ? [kindsTable(entries, seriesOf)] : [])],
  };
}

function accuracyTable(entries: readonly MeasuredEntry<AccuracyMetrics>[], seriesOf: SeriesOf): ReportTable {
  return foldedIfLong(
    detailTable({
      id: 'accuracy-by-model',
      caption: 'Share of held-out pairs whose chosen answer scores strictly higher than the rejected one, with 95 % intervals.',
      columns: shareColumns('Model', 0.5),
      groups: shareGroups(entries, seriesOf),
      notes: [
        'Ties: pairs with two equal scores; for a model they count as wrong. Bold: the best model of a set.',
        'Below the models: trivial rules on the same pairs. Where a rule cannot tell the two answers apart it guesses, which counts one half.',
        ...countNotes(entries),
      ],
    }),
  );
}

function kindsTable(entries: readonly MeasuredEntry<AccuracyMetrics>[], seriesOf: SeriesOf): ReportTable {
  const kinds = [...new Set(entries.flatMap(({ metrics }) => metrics.kinds.map(({ kind }) => kind)))].sort();
  return foldedIfLong(
    detailTable({
      id: 'accuracy-by-kind',
      caption: 'The same accuracy by the kind of error in the rejected answer.',
      columns: shareColumns('Model', 0.5),
      groups: kinds.map((kind) => ({
        heading: kind,
        rows: withBest(
          entries.flatMap(({ metrics, ...entry }) =>
            metrics.kinds.filter((each) => each.kind === kind).map((each) => modelRow(entry, each, seriesOf)),
          ),
        ),
      })),
      notes: ['Each kind has few pairs, so intervals are wide, and many rows are looked at at once.'],
    }),
  );
}
