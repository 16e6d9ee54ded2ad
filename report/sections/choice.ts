import type { Section } from '../document.ts';
import type { ReportInput } from '../../ports/report.ts';
import { metricsOf } from '../sources.ts';
import { cutNotes, shareColumns, shareGroups } from './cells.ts';
import type { SeriesOf } from '../series-of.ts';

/** Multiple choice: the right option must score highest, alone. */
export function choiceSection(input: ReportInput, seriesOf: SeriesOf): Section | null {
  const entries = metricsOf(input, 'eval/choice');
  if (entries.length === 0) return null;
  const chance = entries[0]?.metrics.baselines.find(({ name }) => name === 'random')?.value ?? 0.25;
  return {
    id: 'choice',
    heading: 'Multiple choice',
    short: 'Choice',
    paragraphs: [],
    blocks: [
      {
        block: 'table',
        id: 'table-s2',
        name: 'Table S2',
        caption: 'Share of questions whose right option alone has the highest score, with 95 % intervals.',
        columns: shareColumns('Model', chance),
        groups: shareGroups(entries, seriesOf),
        notes: [
          'Ties: the right option shares the highest score; for a model that counts as wrong. Below the models: trivial rules on the same questions, guessing where they cannot decide; the most frequent position is chosen with hindsight.',
          ...cutNotes(entries),
        ],
      },
    ],
  };
}
