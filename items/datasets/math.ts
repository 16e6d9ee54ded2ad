import { isText, textsOf, type DataRow } from './fields.ts';
import { splitOf, type DataLayout } from './parts.ts';
import type { AnsweredProblem } from './problems.ts';

const subjects = /algebra|counting_and_probability|geometry|intermediate_algebra|number_theory|prealgebra|precalculus/;

/** A file a problem in a folder a subject, a table a subject, or one table. A file whose path names no part is the test. */
export const mathLayout: DataLayout = {
  parts: ['train', 'test'],
  partOf: (path) => splitOf(path) || 'test',
  tableOf: (stem) => stem.split('/').map((piece) => (subjects.test(piece) || /^\d+$/.test(piece) ? '*' : piece)).join('/'),
};

/** A problem of MATH or of MATH-500: its gold answer is the column `answer`, or the last box of the solution. */
export function readMath(row: DataRow): AnsweredProblem | string {
  const texts = textsOf(row, ['problem', 'solution']);
  if (typeof texts === 'string') return texts;
  const gold = isText(row['answer']) ? row['answer'] : lastBoxed(texts.solution);
  return gold ? { text: texts.problem, gold } : 'no-gold';
}

/** What the last `\boxed{…}` of a text holds, its braces matched; `\boxed 5` holds what follows up to a space or `$`. */
export function lastBoxed(text: string): string | undefined {
  const at = text.lastIndexOf('\\boxed');
  if (at < 0) return undefined;
  const rest = text.slice(at + '\\boxed'.length).trimStart();
  if (!rest.startsWith('{')) return /^[^\s$]+/.exec(rest)?.[0];
  let depth = 0;
  for (const { 0: brace, index } of rest.matchAll(/\\?[{}]/g)) {
    depth += brace === '{' ? 1 : brace === '}' ? -1 : 0;
    if (depth === 0) return rest.slice(1, index).trim();
  }
  return undefined;
}
