import type { ParamValues, Scalar } from '../../plan/index.ts';
import { hashOf } from '../../plan/keys.ts';
import { openGroups, type Alternatives } from './alternatives.ts';
import { boundByChoice, boundBySet, noCell, unknownChoice, unknownSweeps } from './mistakes.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { notExcluded, withoutCells } from './exclusion.ts';
import { paramNameOf } from '../check/param-values.ts';
import type { Params } from '../names/params.ts';
import { createMatcher, hasValues, type ValueOf } from './selection.ts';
import type { AxisValue, Binding } from './binding.ts';
import type { Sweep } from './sweeps.ts';
import type { Cell, CellOptions } from './cell.ts';

interface BindableNames {
  params: Params;
  alternatives: Alternatives;
}

/** The cells of all sweeps, each once: equal values are one cell, however many sweeps have it. */
export function cellsOfSweeps(sweeps: Sweep[], names: BindableNames, options: CellOptions): { cells: Cell[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const { bind, valuesOf } = createBinder(names, { set: options.set, given: options.given, problems });
  const chosen = options.only ? sweeps.filter(({ name }) => options.only?.includes(name)) : sweeps;
  problems.push(
    ...unknownSweeps(options.only ?? [], { sweeps, at: options.at }),
    ...boundByChoice(names.alternatives, options),
    ...wronglySet(chosen, names, options),
  );
  const cells = new Map<string, Cell>();
  const isSingle = options.only ? options.only.length === 0 : sweeps.length === 0;
  if (isSingle) addCell(cells, bind(new Map()), null);
  for (const sweep of chosen) {
    const combinations = combinationsOf(sweep, { valuesOf, alternatives: names.alternatives, problems });
    if (combinations.length === 0 && sweep.combinations.length > 0) problems.push(withoutCells(sweep));
    for (const binding of combinations) addCell(cells, bind(binding), sweep);
  }
  const all = [...cells.values()];
  const picked = options.selector ? all.filter((cell) => hasValues(cell.values, options.selector ?? {})) : all;
  if (options.selector && picked.length === 0 && all.length > 0) problems.push(noCell(options.selector, { cells: all, at: options.at }));
  return { cells: picked, problems };
}

/** Problems of the values that were set; a value that conflicts with a sweep is not checked further. */
function wronglySet(sweeps: Sweep[], { params, alternatives }: BindableNames, options: CellOptions): Problem[] {
  const bound = sweeps.flatMap((sweep) => boundBySet(sweep, alternatives, options));
  const names = new Set(bound.map(([param]) => param));
  const refused = [...params.values()].flatMap(({ name, refusal }) => (refusal && !names.has(name) ? [refusal] : []));
  return [...refused, ...bound.map(([, problem]) => problem)];
}

function addCell(cells: Map<string, Cell>, cell: Cell, sweep: Sweep | null): void {
  const known = cells.get(cell.id);
  if (!known) {
    cell.targets = sweep?.targets ? new Set(sweep.targets.keys()) : null;
    cells.set(cell.id, cell);
  } else if (!sweep?.targets) known.targets = null;
  else for (const target of sweep.targets.keys()) known.targets?.add(target);
  const { sweeps } = known ?? cell;
  if (sweep !== null && !sweeps.includes(sweep.name)) sweeps.push(sweep.name);
}

interface Combining {
  valuesOf: (binding: Binding) => ValueOf;
  alternatives: Alternatives;
  problems: Problem[];
}

/** Applies exclude, then include: an entry adds its values to every combination without conflicting ones, or is a combination itself. */
function combinationsOf(sweep: Sweep, { valuesOf, alternatives, problems }: Combining): Binding[] {
  const { include, seeds } = sweep;
  const repeated = (bindings: Binding[]) =>
    bindings.flatMap((binding) => (openGroups(binding, alternatives).has('seed') ? [binding] : withSeeds(binding, seeds)));
  const left = notExcluded({ ...sweep, combinations: repeated(sweep.combinations) }, { valuesOf, problems });
  if (include.length === 0) return left;
  const before = left.map((binding) => ({
    bound: openGroups(binding, alternatives),
    valueOf: valuesOf(binding),
    extended: new Map(binding),
  }));
  const alone: Binding[] = [];
  for (const entry of include) {
    const added = openGroups(entry, alternatives);
    const asked = [...added].map(([name, { value }]) => ({ name, has: createMatcher([[name, value]]) }));
    const fitting = before.filter(({ bound, valueOf }) => asked.every(({ name, has }) => !bound.has(name) || has(valueOf)));
    for (const { extended } of fitting) for (const [name, value] of added) extended.set(name, value);
    if (fitting.length === 0) alone.push(entry);
  }
  return [...before.map(({ extended }) => extended), ...repeated(alone)];
}

function withSeeds(binding: Binding, seeds: AxisValue[]): Binding[] {
  return seeds.length === 0 ? [binding] : seeds.map((seed) => new Map([...binding, ['seed', seed]]));
}

/** Gives every param its value in a cell: its own, or the one from the binding and its choices; `valuesOf` does so without a cell. */
function createBinder(
  { params, alternatives }: BindableNames,
  { set, given, problems }: Pick<CellOptions, 'set' | 'given'> & { problems: Problem[] },
) {
  const names = [...params.keys()].sort();
  const checked = new Map<string, Problem | null>();
  const base: Binding = new Map();
  for (const name of alternatives.keys()) {
    const value = set[name];
    if (value === undefined) continue;
    const group = alternatives.get(name);
    if (group?.choices.has(String(value))) base.set(name, { value: String(value), at: group.at });
    else problems.push(unknownChoice(name, String(value), { alternatives, given: given?.get(name) }));
  }
  const reported = new Set<string>();
  const boundBy = (binding: Binding): Binding => openGroups(base.size === 0 ? binding : new Map([...base, ...binding]), alternatives);
  const valuesOf = (binding: Binding): ValueOf => {
    const bound = boundBy(binding);
    const endOf = followed(params, bound);
    return (name) => {
      const value = alternatives.has(name) ? bound.get(name)?.value : endOf(name);
      return value === cycle || value === null ? undefined : value;
    };
  };
  const bind = (binding: Binding): Cell => {
    const bound = boundBy(binding);
    const values: ParamValues = {};
    const endOf = followed(params, bound);
    for (const name of names) {
      const value = endOf(name);
      if (value === cycle) {
        const own = bound.get(name);
        if (own && !reported.has(name)) problems.push(paramCycle(name, own));
        reported.add(name);
      } else if (value !== null) values[name] = value;
    }
    for (const name of alternatives.keys()) {
      const choice = bound.get(name);
      if (choice) values[name] = choice.value;
    }
    const unfit = new Set<string>();
    for (const [name, { value, at }] of bound) {
      const final = values[name];
      if (final === undefined || final === value) continue;
      const key = `${name} ${String(final)}`;
      const problem = checked.get(key) ?? params.get(name)?.check(final, at) ?? null;
      if (problem) unfit.add(name);
      if (problem && !checked.has(key))
        problems.push({ ...problem, message: `${problem.message}: ${String(value)} is ${String(final)} here` });
      checked.set(key, problem);
    }
    return {
      id: hashOf(values).slice(0, 12),
      sweeps: [],
      targets: null,
      axes: [...binding.keys()].sort(),
      values,
      params: () =>
        new Map(
          [...params].map(([name, param]) => {
            const own = bound.get(name);
            const value = unfit.has(name) ? null : (values[name] ?? null);
            return [name, own ? { ...param, value, from: { kind: 'axis', at: own.at } as const } : { ...param, value }];
          }),
        ),
    };
  };
  return { bind, valuesOf };
}

const cycle = Symbol('a value that refers back to itself');

/**
 * The plain value of a param under a binding, with `$name` followed from param to param; null if one has no value. Each param is
 * followed once, since a file may chain all of them.
 */
function followed(params: Params, bound: Binding): (name: string) => Scalar | typeof cycle | null {
  const ends = new Map<string, Scalar | typeof cycle | null>();
  return (name) => {
    const way: string[] = [];
    let end: Scalar | typeof cycle | null | undefined;
    for (let next = name; end === undefined; ) {
      const value = bound.get(next)?.value ?? params.get(next)?.value ?? null;
      const other = paramNameOf(value);
      if (other === null || !params.has(other)) end = value;
      else {
        end = ends.get(next);
        ends.set(next, cycle);
        way.push(next);
        next = other;
      }
    }
    for (const each of way) ends.set(each, end);
    return end;
  };
}

function paramCycle(name: string, { value, at }: AxisValue): Problem {
  return {
    code: 'E0188',
    at,
    message: `the value of ${name} refers back to ${name}`,
    expected: 'a plain value, or a param that has one',
    got: String(value),
    hint: 'write the value itself',
  };
}
