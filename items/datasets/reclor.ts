import { listOfTexts, textsOf, type DataRow } from './fields.ts';
import { labelOf, type PassageQuestion } from './multiple-choice.ts';

/**
 * A question of ReClor. Where it has a gap, written with underscores, an answer is the question with the gap filled. Rows
 * of the published test part have no label.
 */
export function readReclor(row: DataRow): PassageQuestion | string {
  const texts = textsOf(row, ['context', 'question']);
  if (typeof texts === 'string') return texts;
  const { context: passage, question } = texts;
  const answers = listOfTexts(row['answers'], 4);
  if (!answers) return 'no-four-answers';
  if (row['label'] === undefined || row['label'] === null) return 'hidden-label';
  const label = labelOf(row['label'], answers);
  if (label === undefined) return 'label-out-of-range';
  const options = question.includes('_') ? answers.map((answer) => question.replaceAll(/_+/g, () => answer)) : answers;
  return { passage, question, options, label };
}
