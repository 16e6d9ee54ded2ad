import { kindOf } from '../schemas/index.ts';
import type { Model } from './models.ts';
import type { Problem } from './diagnostic.ts';
import { readBy } from './order.ts';
import type { Scope } from './scope.ts';
import type { Step } from './steps.ts';

/** Warnings about what is declared and not used. */
export function findUnused(steps: Step[], models: Map<string, Model>, { params, usedParams }: Scope): Problem[] {
  const read = new Set(steps.flatMap(readBy));
  const hasEnd = steps.some(isEnd);
  const loose = steps.filter((step) => hasEnd && !isEnd(step) && !read.has(step.id));
  return [
    ...loose.map(({ id, at }) => unused('E0160', at, `nothing reads the step ${id}, and it runs all the same`)),
    ...[...models]
      .filter(([, { isUsed }]) => !isUsed)
      .map(([name, { at }]) => unused('E0161', at, `no step uses the model ${name}`)),
    ...[...params.values()]
      .filter(({ name }) => !usedParams.has(name))
      .map(({ name, at }) => unused('E0161', at, `nothing uses the param ${name}`)),
  ];
}

function unused(code: 'E0160' | 'E0161', at: Problem['at'], message: string): Problem {
  return { code, severity: 'warning', at, message, hint: 'use it, or remove it' };
}

/** What people look at: a file that has such a step is read as working towards it. */
function isEnd({ kind }: Step): boolean {
  return Object.values(kindOf(kind).outputs).some((type) => type === 'metrics' || type === 'report');
}
