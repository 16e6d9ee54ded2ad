import type { AxisValue, Binding } from './binding.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { createMatcher, type ValueOf } from './selection.ts';
import type { Sweep } from './sweeps.ts';

/** The combinations of a sweep that `exclude` keeps. An entry that removes none gives a warning. */
export function notExcluded(
  { name, combinations, exclude }: Pick<Sweep, 'name' | 'combinations' | 'exclude'>,
  { valuesOf, problems }: { valuesOf: (binding: Binding) => ValueOf; problems: Problem[] },
): Binding[] {
  if (exclude.length === 0) return combinations;
  const all = combinations.map((binding) => ({ binding, valueOf: valuesOf(binding) }));
  const dropped = new Set<Binding>();
  for (const entry of exclude) {
    const isExcluded = matcherOf(entry);
    const fitting = all.filter(({ valueOf }) => isExcluded(valueOf));
    for (const { binding } of fitting) dropped.add(binding);
    if (fitting.length === 0) problems.push(...dropsNothing(name, entry, all.map(({ valueOf }) => valueOf)));
  }
  return combinations.filter((binding) => !dropped.has(binding));
}

/** Reports a sweep of which `exclude` removes every combination. */
export function withoutCells({ name, at, combinations }: Sweep): Problem {
  return {
    code: 'E0191',
    at,
    message: `the sweep ${name} has no cells, because exclude removes them all`,
    expected: 'at least one combination that remains',
    got: combinations.length === 1 ? '1 combination, excluded' : `${combinations.length.toLocaleString('en')} combinations, all excluded`,
    hint: 'exclude less, or remove the sweep',
  };
}

function matcherOf(entry: Iterable<[name: string, value: AxisValue]>): (valueOf: ValueOf) => boolean {
  return createMatcher([...entry].map(([name, { value }]) => [name, value]));
}

/** Reported only for the file itself, since a file that it extends is written for its own axes. */
function dropsNothing(sweep: string, entry: Binding, all: ValueOf[]): Problem[] {
  const nowhere = [...entry].filter((each) => !all.some(matcherOf([each])));
  const [, blamed] = [...nowhere, ...entry][0] ?? [];
  if (!blamed || blamed.at.file !== undefined) return [];
  const text = [...entry].map(([name, { value }]) => `${name}=${String(value)}`).join(', ');
  const message = `no combination of the sweep ${sweep} has ${text}, so the entry removes nothing`;
  return [{ code: 'E0163', severity: 'warning', at: blamed.at, message, hint: 'write values that a combination has, or remove the entry' }];
}
