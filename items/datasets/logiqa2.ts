import { listOfTexts, textsOf, type DataRow } from './fields.ts';
import { labelOf, type PassageQuestion } from './multiple-choice.ts';

/** A question of LogiQA 2.0. Its `id` is not unique and is not read: each row is a question of its own. */
export function readLogiqa2(row: DataRow): PassageQuestion | string {
  const texts = textsOf(row, ['text', 'question']);
  if (typeof texts === 'string') return texts;
  const options = listOfTexts(row['options'], 4);
  if (!options) return 'no-four-options';
  const label = labelOf(row['answer'], options);
  return label === undefined ? 'label-out-of-range' : { passage: texts.text, question: texts.question, options, label };
}
