import { scalarText } from '../../plan/index.ts';
import type { ClaimScope, TermSelector, Term } from './selectors.ts';
import type { Cell } from '../sweeps/cell.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { listedNames } from '../diagnostics/near.ts';
import type { Place } from '../diagnostics/source.ts';

/**
 * Takes of each term the cells whose other params all other terms have too: cells are compared only with their like. Null,
 * with the problem, where there are none.
 */
export function createPairing(cells: Cell[]) {
  const varying = createVarying(cells);
  const restsOf = createRests(cells);
  return (terms: Term[], { at, otherAt, scope }: { at: Place; otherAt: Place; scope: ClaimScope }): Term[] | null => {
    if (terms.length === 1) return terms;
    const named = namedBy(terms.map(({ selector }) => selector), scope);
    const rest = varying(scope.sweep, scope.pool).filter((name) => !named.has(name));
    const restOf = restsOf(rest);
    const shared = commonTo(terms.map((term) => term.cells.map(restOf)));
    if (shared.size > 0) return terms.map((term) => ({ ...term, cells: term.cells.filter((index) => shared.has(restOf(index))) }));
    scope.problems.push({ ...nothingShared(terms, rest, { at, cells }), at: otherAt });
    return null;
  };
}

/** What all of some lists have. */
function commonTo([first = [], ...others]: string[][]): Set<string> {
  const sets = others.map((list) => new Set(list));
  return new Set(first.filter((each) => sets.every((set) => set.has(each))));
}

/** Params that the selectors decide: those they name, and what is bound together with these by alternatives. */
export function namedBy(selectors: TermSelector[], { alternatives }: Pick<ClaimScope, 'alternatives'>): Set<string> {
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

function nothingShared(terms: Term[], rest: string[], { at, cells }: { at: Place; cells: Cell[] }): Omit<Problem, 'at'> {
  const valuesOf = (term: Term, name: string): string[] => [
    ...new Set(term.cells.map((index) => scalarText(cells[index]?.values[name] ?? 'nothing'))),
  ];
  const apart = rest.find((name) => commonTo(terms.map((term) => valuesOf(term, name))).size === 0);
  const name = apart ?? rest[0] ?? '';
  const words = (term: Term): string => `${name}=${listedNames(valuesOf(term, name))}`;
  return {
    code: 'E0214',
    message:
      apart === undefined
        ? 'the sides have no cells that agree in the params the claim does not name'
        : `the sides differ in ${name}, which the claim does not name`,
    expected: apart === undefined ? `cells that agree in ${listedNames(rest)}` : `cells with the same ${name} on both sides`,
    got: apart === undefined ? 'none' : terms.map(words).join(' against '),
    hint: `name ${name} in both selectors, or run the sweep with the same values on both sides`,
    related: [{ message: 'this claim', at }],
  };
}
