import type { ParamValues } from '../../plan/index.ts';
import { openGroups, type Alternatives } from './alternatives.ts';
import type { Cell, CellOptions } from './cell.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, oneOf, unknownName } from '../diagnostics/near.ts';
import { isSameScalar } from '../check/param-values.ts';
import { settingOf } from '../names/params.ts';
import type { Place } from '../diagnostics/source.ts';
import type { Sweep } from './sweeps.ts';

/** Reports names given with --sweep that no sweep has. */
export function unknownSweeps(asked: string[], { sweeps, at }: { sweeps: Sweep[]; at: Place | null }): Problem[] {
  const known = sweeps.map(({ name }) => name);
  return asked
    .filter((name) => !known.includes(name))
    .map((name) => ({ code: 'E0190', at, ...unknownName('sweep', name, { known }) }));
}

/** Reports params that were set although a choice that was set as well binds them. */
export function boundByChoice(alternatives: Alternatives, { set, given }: CellOptions): Problem[] {
  return Object.keys(set).flatMap((group) => {
    const bound = alternatives.get(group)?.choices.get(String(set[group]))?.values.keys() ?? [];
    return [...bound].filter((param) => Object.hasOwn(set, param)).map((param): Problem => ({
      code: 'E0124',
      at: given?.get(param) ?? alternatives.get(group)?.at ?? null,
      message: `${settingOf(param, set[param], given?.get(param))}: ${settingOf(group, set[group], given?.get(group))} also sets ${param}`,
      hint: 'omit one of the two',
    }));
  });
}

/** Params that were set although a sweep varies them, each with its problem. */
export function boundBySet(
  { combinations, include, seeds, name, at }: Sweep,
  alternatives: Alternatives,
  { set, given }: CellOptions,
): [param: string, problem: Problem][] {
  if (Object.keys(set).length === 0) return [];
  const bindings = [...combinations, ...include, ...seeds.map((seed) => new Map([['seed', seed]]))].map((binding) =>
    openGroups(binding, alternatives),
  );
  return Object.keys(set)
    .filter((param) => bindings.some((binding) => binding.has(param)))
    .map((param) => {
      const hasValue = bindings.some((binding) => isSameScalar(binding.get(param)?.value, set[param] ?? ''));
      const part = hasValue ? `choose a part of the sweep with --cell ${param}=${String(set[param])}` : 'change the values in the sweep';
      const message = `${settingOf(param, set[param], given?.get(param))} conflicts with the sweep ${name}, which varies ${param}`;
      return [param, { code: 'E0189', at: given?.get(param) ?? at, message, hint: `${part}, or run without sweeps: --no-sweeps` }];
    });
}

/** Reports a value that was set for a group but is not one of its choices. */
export function unknownChoice(
  name: string,
  value: string,
  { alternatives, given }: { alternatives: Alternatives; given: Place | undefined },
): Problem {
  const group = alternatives.get(name);
  const known = [...(group?.choices.keys() ?? [])];
  return {
    code: 'E0124',
    at: given ?? group?.at ?? null,
    message: `${settingOf(name, value, given)}: ${value} is not a choice of ${name}`,
    expected: oneOf(known),
    got: value,
    hint: didYouMean(value, known),
  };
}

/** Reports values given with --cell that no cell has together. */
export function noCell(selector: ParamValues, { cells, at }: { cells: Cell[]; at: Place | null }): Problem {
  const text = Object.entries(selector).map(([name, value]) => `${name}=${String(value)}`).join(', ');
  const [name] = Object.keys(selector).filter((each) => !cells.some(({ values }) => String(values[each]) === String(selector[each])));
  const there =
    name === undefined ? [] : [...new Set(cells.map(({ values }) => String(values[name])).filter((value) => value !== 'undefined'))];
  const known = [...new Set(cells.flatMap(({ values }) => Object.keys(values)))];
  const isParam = name === undefined || known.includes(name);
  return {
    code: 'E0190',
    at,
    message: `no cell has ${text}`,
    expected: !isParam ? oneOf(known) : name === undefined ? 'values that one cell has together' : `${name}: ${oneOf(there)}`,
    got: text,
    hint: name === undefined ? undefined : isParam ? didYouMean(String(selector[name]), there) : didYouMean(name, known),
  };
}
