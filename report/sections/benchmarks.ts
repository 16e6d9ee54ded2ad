import type { RewardbenchMetrics, RmBenchMetrics } from '../../plan/index.ts';
import type { ReportInput } from '../../ports/report.ts';
import type { ReportSection, ReportTable } from '../../schemas/index.ts';
import { column, count, detailTable, estimated, foldedIfLong, number, row, text, withBest } from '../document.ts';
import { metricsOf } from '../sources.ts';
import type { MeasuredEntry } from '../sources.ts';
import { countNotes } from './cells.ts';

/** RewardBench by section and subset, with the weights that the benchmark gives them. */
export function rewardbenchSection(input: ReportInput): ReportSection | null {
  const entries = metricsOf(input, 'eval/rewardbench');
  if (entries.length === 0) return null;
  return {
    id: 'rewardbench',
    heading: 'RewardBench',
    short: 'RewardBench',
    paragraphs: [],
    blocks: [rewardbenchTable(entries), subsetsTable(entries)],
  };
}

function rewardbenchTable(entries: readonly MeasuredEntry<RewardbenchMetrics>[]): ReportTable {
  const sections = entries[0]?.metrics.sections ?? [];
  return foldedIfLong(
    detailTable({
      id: 'rewardbench-sections',
      caption: 'RewardBench: accuracy by section and overall, with 95 % intervals.',
      columns: [column('Model', 'left'), ...sections.map(({ section }) => column(section)), column('overall')],
      groups: [
        {
          heading: null,
          rows: withBest(
            entries.map(({ metrics, label, source }) => {
              const values = [...metrics.sections.map(({ accuracy }) => accuracy), metrics.overall];
              return row([text(label), ...values.map((each) => estimated(each, { showN: true }))], { sources: [source], tone: 'model' });
            }),
          ),
        },
      ],
      notes: [
        'A section is the mean of its subsets by their weights; a pair whose two scores are equal counts as wrong.',
        `Weights of the sections overall: ${sections.map(({ section, weight }) => `${section} ${weight}`).join(', ')}.`,
        ...countNotes(entries),
      ],
    }),
  );
}

function subsetsTable(entries: readonly MeasuredEntry<RewardbenchMetrics>[]): ReportTable {
  return detailTable({
    id: 'rewardbench-subsets',
    caption: 'RewardBench by subset; the weight is that in the section.',
    rowHeads: 2,
    columns: [column('Section', 'left'), column('Subset', 'left'), column('Weight'), column('Accuracy [95 %]'), column('n'), column('Ties')],
    groups: entries.map(({ metrics, label, source }) => ({
      heading: label,
      rows: metrics.subsets.map(({ section, subset, weight, accuracy, ties }) =>
        row([text(section), text(subset), number(weight, 0), estimated(accuracy), count(accuracy.n), count(ties)], { sources: [source] }),
      ),
    })),
    folded: true,
  });
}

/** RM-Bench by domain and level. */
export function rmBenchSection(input: ReportInput): ReportSection | null {
  const entries = metricsOf(input, 'eval/rm-bench');
  if (entries.length === 0) return null;
  return { id: 'rm-bench', heading: 'RM-Bench', short: 'RM-Bench', paragraphs: [], blocks: [rmBenchTable(entries)] };
}

function rmBenchTable(entries: readonly MeasuredEntry<RmBenchMetrics>[]): ReportTable {
  const levels = ['easy', 'normal', 'hard'];
  const rowsOf = ({ metrics, source }: MeasuredEntry<RmBenchMetrics>) => {
    const whole = { domain: 'overall', accuracy: metrics.overall, levels: metrics.levels };
    return [...metrics.domains, whole].map(({ domain, accuracy, levels: own }) =>
      row([text(domain), ...[...own.map((each) => each.accuracy), accuracy].map((each) => estimated(each)), count(accuracy.n)], {
        sources: [source],
        tone: domain === 'overall' ? 'model' : 'plain',
      }),
    );
  };
  return foldedIfLong(
    detailTable({
      id: 'rm-bench-levels',
      caption: 'RM-Bench: accuracy by domain and by how much the style of an answer misleads, with 95 % intervals over prompts.',
      columns: [column('Domain', 'left'), ...levels.map((level) => column(level)), column('mean'), column('n')],
      groups: entries.map((entry) => ({ heading: entry.label, rows: rowsOf(entry) })),
      notes: [
        'Nine comparisons a prompt; easy: the chosen answer has the richer style, hard: the rejected one. Safety is the mean of its two halves.',
        ...countNotes(entries),
      ],
    }),
  );
}
