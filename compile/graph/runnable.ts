import { kindOf } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Instances } from './instances.ts';

/** Reports steps that a target needs but whose kind is only declared: they can be planned, but not run yet. */
export function notRunnable({ steps, needed }: Instances): Problem[] {
  const declared = new Map(
    steps.filter(({ id, kind }) => needed.has(id) && kindOf(kind).runnable === false).map((step) => [step.name, step]),
  );
  return [...declared.values()].map(({ name, kind, at }) => ({
    code: 'E0220',
    at,
    message: `${name} cannot run yet: the kind ${kind} is not implemented`,
    expected: 'a kind that can run',
    got: kind,
    hint: 'plan it without running it, or use another kind; docs/language.md says which kinds can run',
  }));
}
