import type { Instances } from './instances.ts';
import type { Model } from '../names/models.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Params } from '../names/params.ts';

interface Declarations {
  models: Map<string, Model>;
  params: Params;
  usedParams: Set<string>;
}

/** Warnings about what this file declares but does not use; a file that it extends may declare more than it needs. */
export function findUnused({ steps, needed }: Instances, { models, params, usedParams }: Declarations): Problem[] {
  const used = new Set(steps.filter(({ id }) => needed.has(id)).map(({ name }) => name));
  const loose = new Map(steps.filter(({ name }) => !used.has(name)).map(({ name, at }) => [name, at]));
  const found = [
    ...[...loose].map(([name, at]) =>
      unused('E0160', {
        at,
        message: `no metrics, report or target needs the step ${name}, so it does not run`,
        hint: 'use it, name it in targets, or remove it',
      }),
    ),
    ...[...models]
      .filter(([, { isUsed }]) => !isUsed)
      .map(([name, { at }]) => unused('E0161', { at, message: `no step uses the model ${name}` })),
    ...[...params.values()]
      .filter(({ name }) => !usedParams.has(name))
      .map(({ name, at }) => unused('E0161', { at, message: `nothing uses the param ${name}` })),
  ];
  return found.filter(({ at }) => at?.file === undefined);
}

function unused(code: 'E0160' | 'E0161', problem: Pick<Problem, 'at' | 'message' | 'hint'>): Problem {
  return { code, severity: 'warning', hint: 'use it, or remove it', ...problem };
}
