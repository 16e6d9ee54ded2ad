import { kindOf } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Instances } from './instances.ts';

/** Steps that a target needs and whose kind is only declared: they can be planned, and there is nothing yet that does their work. */
export function notRunnable({ steps, needed }: Instances): Problem[] {
  const declared = new Map(steps.filter(({ id, kind }) => needed.has(id) && kindOf(kind).runnable === false).map((step) => [step.name, step]));
  return [...declared.values()].map(({ name, kind, at }) => ({
    code: 'E0220',
    at,
    message: `${name} is not yet runnable: nothing does the work of ${kind} so far`,
    expected: 'a step whose kind runs',
    got: kind,
    hint: 'plan it, or give the step another kind; codepmp schema pipeline says which kinds run',
  }));
}
