import { scalarText } from '../../plan/index.ts';
import { describeSide } from './selectors.ts';
import type { ClaimScope, Selector } from './selectors.ts';
import type { Cell } from '../sweeps/cell.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { listed } from '../diagnostics/near.ts';
import type { Place } from '../diagnostics/source.ts';

/** A side: its selector and the cells that this takes. */
type Side = readonly [selector: Selector, cells: number[]];

/**
 * Takes of each side the cells whose other params the other side has too: cells are compared only with their like. Null,
 * with the problem, where there are none or both sides are the same.
 */
export function createPairing(cells: Cell[]) {
  const varying = createVarying(cells);
  const restsOf = createRests(cells);
  return ([first, ours]: Side, [second, theirs]: Side, { at, otherAt, scope }: { at: Place; otherAt: Place; scope: ClaimScope }): { ours: number[]; theirs: number[] } | null => {
    const named = namedBy([first, second], scope);
    const rest = varying(scope.sweep, scope.pool).filter((name) => !named.has(name));
    const restOf = restsOf(rest);
    const [own, other] = [new Set(ours.map(restOf)), new Set(theirs.map(restOf))];
    const shared = { ours: ours.filter((index) => other.has(restOf(index))), theirs: theirs.filter((index) => own.has(restOf(index))) };
    const isSame = first.step === second.step && shared.ours.join() === shared.theirs.join();
    if (shared.ours.length > 0 && !isSame) return shared;
    const problem = shared.ours.length === 0 ? nothingShared([ours, theirs], rest, { at, cells }) : sameCells(describeSide(first, shared.ours, cells));
    scope.problems.push({ ...problem, at: otherAt });
    return null;
  };
}

function sameCells(side: string): Omit<Problem, 'at'> {
  return {
    code: 'E0216',
    message: 'both sides of the claim are the same cells',
    expected: 'sides that differ in a param or in the step',
    got: `${side} twice`,
  };
}

/** Params that the selectors decide: those they name, and what is bound together with these by alternatives. */
function namedBy(selectors: Selector[], { alternatives }: ClaimScope): Set<string> {
  const named = new Set(selectors.flatMap(({ values }) => Object.keys(values)));
  for (const [group, { choices }] of alternatives) {
    const bound = [...choices.values()].flatMap(({ values }) => [...values.keys()]);
    if (named.has(group) || bound.some((name) => named.has(name))) for (const name of [group, ...bound]) named.add(name);
  }
  return named;
}

/** Params that have several values in the cells of a sweep. */
function createVarying(cells: Cell[]): (sweep: string | null, pool: number[]) => string[] {
  return remembered((_, pool: number[]) => {
    const first = cells[pool[0] ?? 0]?.values ?? {};
    const names = new Set(pool.flatMap((index) => Object.keys(cells[index]?.values ?? {})));
    return [...names].filter((name) => pool.some((index) => cells[index]?.values[name] !== first[name])).sort();
  });
}

/** The values of these params in a cell, as one text. */
function createRests(cells: Cell[]): (names: string[]) => (index: number) => string {
  const byNames = remembered((_: string, names: string[]) => {
    const ofCell = (index: number): string => JSON.stringify(names.map((name) => cells[index]?.values[name]));
    const known: string[] = [];
    return (index: number): string => (known[index] ??= ofCell(index));
  });
  return (names) => byNames(names.join(' '), names);
}

/** What was worked out for a key is kept: a file may have many claims over many cells. */
function remembered<K, T, R>(work: (key: K, from: T) => R): (key: K, from: T) => R {
  const known = new Map<K, R>();
  return (key, from) => {
    const result = known.has(key) ? (known.get(key) as R) : work(key, from);
    known.set(key, result);
    return result;
  };
}

function nothingShared([ours, theirs]: [number[], number[]], rest: string[], { at, cells }: { at: Place; cells: Cell[] }): Omit<Problem, 'at'> {
  const valuesOf = (side: number[], name: string): string[] => [...new Set(side.map((index) => scalarText(cells[index]?.values[name] ?? 'nothing')))];
  const apart = rest.find((name) => !valuesOf(ours, name).some((value) => valuesOf(theirs, name).includes(value)));
  const name = apart ?? rest[0] ?? '';
  const words = (side: number[]): string => `${name}=${listed(valuesOf(side, name))}`;
  return {
    code: 'E0214',
    message: apart === undefined ? 'the sides have no cells that agree in the params the claim does not name' : `the sides differ in ${name}, which the claim does not name`,
    expected: apart === undefined ? `cells that agree in ${listed(rest)}` : `cells with the same ${name} on both sides`,
    got: apart === undefined ? 'none' : `${words(ours)} against ${words(theirs)}`,
    hint: `name ${name} in both selectors, or run the sweep with the same values on both sides`,
    related: [{ message: 'this claim', at }],
  };
}
