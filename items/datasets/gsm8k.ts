import { textsOf, type DataRow } from './fields.ts';
import type { AnsweredProblem } from './problems.ts';

/** A problem of GSM8K: its gold answer follows the last `####` of the solution. */
export function readGsm8k(row: DataRow): AnsweredProblem | string {
  const texts = textsOf(row, ['question', 'answer']);
  if (typeof texts === 'string') return texts;
  const gold = texts.answer.split('####').slice(1).at(-1)?.trim();
  return gold ? { text: texts.question, gold } : 'no-gold';
}
