import type { Static, TSchema } from '@sinclair/typebox';
import { blameOf, paramOf, type Scope, type Substituted } from './scope.ts';
import { leafAt, type Tree } from '../read/tree.ts';
import { fillDefaults } from '../check/validate.ts';

/**
 * Fills defaults into a resolved value and checks it. Problems of the value as written are already reported; a new one came through a
 * param, so the message names the param and where it is declared. Null if anything is wrong or missing.
 */
export function fillResolved<T extends TSchema>(
  schema: T,
  { value, isWhole }: Substituted,
  { tree, path, scope }: { tree: Tree; path: string[]; scope: Scope },
): Static<T> | null {
  if (value === undefined) return null;
  const filled = fillDefaults(schema, value, { tree, path });
  for (const problem of filled.problems) {
    const leaf = problem.at && leafAt(tree, problem.at);
    const param = leaf ? paramOf(leaf, scope) : null;
    if (!leaf || !param) {
      if (isWhole && scope.earlier.length + scope.problems.length === 0) scope.problems.push(problem);
      continue;
    }
    const message = `${problem.message.replace(/ (has|is) .*$/, '')} does not accept the value of $${param.name}`;
    scope.problems.push({ ...problem, code: 'E0123', message, ...blameOf(leaf, scope) });
  }
  return isWhole ? filled.value : null;
}
