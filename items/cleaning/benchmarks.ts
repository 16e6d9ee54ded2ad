import { passageOf, subjectOf } from '../datasets/formats.ts';
import type { DataPair } from '../datasets/rows.ts';
import type { BenchmarkItem } from './contamination.ts';

/** Columns with the question, the answers and the solution of an item, by the type of the artifact that holds a benchmark. */
const columnsOf = {
  questions: { question: 'rm_prompt', answers: ['gold'], solution: 'gold' },
  choices: { question: 'prompt', answers: ['options'], solution: null },
  pairs: { question: 'prompt', answers: ['chosen', 'rejected'], solution: 'chosen' },
  corpus: { question: 'text', answers: [], solution: null },
} as const;

/** Types of artifacts that can be a benchmark. */
type BenchmarkType = keyof typeof columnsOf;

export function isBenchmarkType(type: string): type is BenchmarkType {
  return Object.hasOwn(columnsOf, type);
}

interface BenchmarkRow {
  type: BenchmarkType;
  row: { readonly [column: string]: unknown };
}

/**
 * An item of a benchmark, of a row of an artifact. Of a question on a passage it has the passage alone: the same is asked and answered of
 * other passages.
 */
export function benchmarkItem(name: string, { type, row }: BenchmarkRow): BenchmarkItem {
  const { question, answers, solution } = columnsOf[type];
  const textsOf = (columns: readonly string[]): string[] =>
    columns.flatMap((column) => row[column]).filter((text) => typeof text === 'string');
  const [asked = '', solved = ''] = [textsOf([question])[0], textsOf(solution === null ? [] : [solution])[0]];
  const passage = passageOf(asked);
  if (passage !== null) return { name, question: passage, answers: [], solution: '' };
  return { name, question: subjectOf(asked), answers: textsOf(answers), solution: solved };
}

/** Texts of a pair that are looked up: what its prompt is about, each answer, and the prompt with each, as a solution is behind it. */
export function textsOfPair({ prompt, chosen, rejected }: Pick<DataPair, 'prompt' | 'chosen' | 'rejected'>): string[] {
  return [subjectOf(prompt), chosen, rejected, `${prompt}\n${chosen}`, `${prompt}\n${rejected}`];
}
