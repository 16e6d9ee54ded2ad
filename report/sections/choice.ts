import type { ReportSection } from '../../schemas/index.ts';
import { detailTable, foldedIfLong } from '../document.ts';
import type { ReportInput } from '../../ports/report.ts';
import { metricsOf } from '../sources.ts';
import { countNotes, shareColumns, shareGroups } from './cells.ts';
import { releasedTable } from './released.ts';
import { rulesTable, shareRules } from './rules.ts';
import type { SeriesOf } from '../series-of.ts';

/** Multiple choice: the right option must score highest, alone. */
export function choiceSection(input: ReportInput, seriesOf: SeriesOf): ReportSection | null {
  const entries = metricsOf(input, 'eval/choice');
  if (entries.length === 0) return null;
  const chance = entries[0]?.metrics.baselines.find(({ name }) => name === 'random')?.value ?? 0.25;
  const rules = rulesTable('choice-against-rules', 'questions', shareRules(entries));
  const released = releasedTable(
    'choice-as-released',
    entries.map(({ label, source, metrics }) => ({ label, source, values: metrics.as_released })),
  );
  return {
    id: 'choice',
    heading: 'Multiple choice',
    short: 'Choice',
    paragraphs: [],
    blocks: [
      foldedIfLong(
        detailTable({
          id: 'choice-by-model',
          caption: 'Share of questions whose right option alone has the highest score, with 95 % intervals.',
          columns: shareColumns('Model', Number(chance.toFixed(3))),
          groups: shareGroups(entries, seriesOf),
          notes: [
            'Ties: the right option shares the highest score; for a model that counts as wrong. Bold: the best model of a set. Below the models: trivial rules on the same questions, guessing where they cannot decide; the most frequent position is chosen with hindsight.',
            ...countNotes(entries),
          ],
        }),
      ),
      ...(rules ? [rules] : []),
      ...(released ? [released] : []),
    ],
  };
}
