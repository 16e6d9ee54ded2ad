import { labelOf } from '../plan/index.ts';
import type { ParamValues } from '../plan/index.ts';
import type { Alternatives } from './alternatives.ts';
import { hasValues } from './cells.ts';
import type { Cell } from './cells.ts';
import type { Problem } from './diagnostic.ts';
import type { Instances } from './instances.ts';
import { didYouMean, listed } from './near.ts';
import { paramNameOf } from './params.ts';
import type { Params } from './params.ts';
import type { Steps } from './references.ts';
import type { Place } from './source.ts';
import { placeOf } from './tree.ts';
import type { Entry, Tree } from './tree.ts';

/** The cells that one side of a claim takes, by their place in the list of cells. */
export interface SideDraft {
  step: string;
  text: string;
  cells: number[];
}

export interface SideOptions {
  cells: Cell[];
  params: Params;
  alternatives: Alternatives;
  steps: Pick<Steps, 'drafts' | 'others'>;
  instances: Instances;
  /** All cells of the file are there and sound: a selector that finds none is a mistake. */
  isWhole: boolean;
}

export interface Asked {
  sweep: string | null;
  /** The step whose metrics are read where a side names none. */
  step: string;
  metric: string;
  n: Tree | undefined;
  at: Place;
  of: Entry | undefined;
  /** What `above` or `below` gives. */
  other: Entry;
}

export interface Found {
  of: SideDraft;
  to: SideDraft | number;
  n: number | null;
}

export type Sides = ReturnType<typeof createSides>;

/**
 * Finds the cells of both sides. Cells that differ in a param that no selector names are compared only with their like:
 * of each side those are taken whose other params both sides have. Null where a side has none.
 */
export function createSides(options: SideOptions, problems: Problem[]) {
  const inSweep = createPools(options.cells);
  const known = { varying: createVarying(options.cells), restsOf: createRests(options.cells) };
  const sizesOf = createSizes(options);
  const read = ({ sweep, step, metric, n, at, of, other }: Asked): Found | null => {
    const pool = inSweep(sweep);
    const scope = { ...options, ...known, problems, sweep, pool };
    const selectors = [readSelector(of, { at, step, scope }), other.value.kind === 'map' ? readSelector(other, { at, step, scope }) : null] as const;
    const [first, second] = selectors;
    if (first === null || (other.value.kind === 'map' && second === null)) return null;
    const ours = select(first, scope);
    const theirs = second && select(second, scope);
    if (ours === null || (second && theirs === null)) return null;
    if (!theirs && other.value.kind !== 'leaf') return null;
    const shared = theirs && second ? sharedCells([first, ours], [second, theirs], { at, scope, otherAt: other.key }) : { ours, theirs: [] };
    if (shared === null) return null;
    const size = metric === 'accuracy' ? sizesOf([[first.step, shared.ours], ...(second ? [[second.step, shared.theirs] as const] : [])], { n, at }, problems) : null;
    if (size === 'wrong') return null;
    const drafted = (selector: Selector, cells: number[]): SideDraft => ({ step: selector.step, text: describe(selector, cells, options.cells), cells });
    const number = other.value.kind === 'leaf' ? Number(other.value.value) : 0;
    return { of: drafted(first, shared.ours), to: second ? drafted(second, shared.theirs) : number, n: size };
  };
  return { read };
}

interface Selector {
  step: string;
  /** As written: a value, or `$name` for the value that this param has in the cell. */
  values: ParamValues;
  places: Map<string, { key: Place; value: Place }>;
  at: Place;
}

interface Scope extends SideOptions {
  problems: Problem[];
  sweep: string | null;
  /** Indexes of the cells that the claim is about. */
  pool: number[];
  varying: ReturnType<typeof createVarying>;
  restsOf: ReturnType<typeof createRests>;
}

function readSelector(entry: Entry | undefined, { at, step, scope }: { at: Place; step: string; scope: Scope }): Selector | null {
  const selector: Selector = { step, values: {}, places: new Map(), at: entry ? placeOf({ tree: entry.value, key: entry.key }) : at };
  const names = [...scope.params.keys(), ...scope.alternatives.keys()];
  const before = scope.problems.length;
  const tree = entry?.value;
  for (const [name, { key, value: leaf }] of tree?.kind === 'map' ? tree.entries : []) {
    if (leaf.kind !== 'leaf' || leaf.value === null) continue;
    if (name === 'step') selector.step = String(leaf.value);
    else if (!names.includes(name)) scope.problems.push(unknownParam(name, key, names));
    else {
      const other = paramNameOf(leaf.value);
      if (other !== null && !scope.params.has(other)) scope.problems.push(unknownParam(other, leaf.at, [...scope.params.keys()]));
      selector.values[name] = leaf.value;
      selector.places.set(name, { key, value: leaf.at });
    }
  }
  return scope.problems.length === before ? selector : null;
}

/** Cells that a selector fits and that have its step; null where there are none. */
function select({ step, values, places, at }: Selector, { cells, instances, pool, isWhole, problems, sweep }: Scope): number[] | null {
  const fits = (wanted: ParamValues) => {
    const isPlain = Object.values(wanted).every((value) => paramNameOf(value) === null);
    return (index: number): boolean => {
      const own = cells[index]?.values ?? {};
      return hasValues(own, isPlain ? wanted : plainValues(wanted, own));
    };
  };
  const found = pool.filter(fits(values)).filter((index) => instances.cells[index]?.[step] !== undefined);
  if (found.length > 0) return found;
  if (!isWhole) return null;
  const [name, wanted] = Object.entries(values).find(([each, value]) => !pool.some(fits({ [each]: value }))) ?? [];
  const there = name === undefined ? [] : [...new Set(pool.map((index) => cells[index]?.values[name]).filter((value) => value !== undefined).map(String))];
  const where = sweep === null ? 'no cell' : `no cell of the sweep ${sweep}`;
  problems.push({
    code: 'E0213',
    at: (name === undefined ? undefined : places.get(name)?.value) ?? at,
    message: name === undefined ? `${where} has ${labelOf(values) || step}` : `${where} has ${labelOf({ [name]: wanted ?? '' })}`,
    expected: name === undefined ? 'values that one cell has together' : `${name}: one of ${listed(there)}`,
    got: labelOf(values) || step,
    hint: typeof wanted === 'string' ? didYouMean(wanted, there) : undefined,
  });
  return null;
}

function plainValues(wanted: ParamValues, values: ParamValues): ParamValues {
  return Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, values[paramNameOf(value) ?? ''] ?? value]));
}

/** Of each side the cells whose other params the other side has too. */
function sharedCells(
  [first, ours]: [Selector, number[]],
  [second, theirs]: [Selector, number[]],
  { at, otherAt, scope }: { at: Place; otherAt: Place; scope: Scope },
): { ours: number[]; theirs: number[] } | null {
  const named = namedBy([first, second], scope);
  const rest = scope.varying(scope.sweep, scope.pool).filter((name) => !named.has(name));
  const restOf = scope.restsOf(rest);
  const [own, other] = [new Set(ours.map(restOf)), new Set(theirs.map(restOf))];
  const shared = { ours: ours.filter((index) => other.has(restOf(index))), theirs: theirs.filter((index) => own.has(restOf(index))) };
  if (shared.ours.length === 0) scope.problems.push(nothingShared([ours, theirs], rest, { at, otherAt, cells: scope.cells }));
  else if (first.step === second.step && shared.ours.join() === shared.theirs.join())
    scope.problems.push({
      code: 'E0216',
      at: otherAt,
      message: 'both sides of the claim are the same cells',
      expected: 'sides that differ in a param or in the step',
      got: `${describe(first, shared.ours, scope.cells)} twice`,
    });
  else return shared;
  return null;
}

/** Params that the selectors decide: those they name, and what is bound together with these by alternatives. */
function namedBy(selectors: Selector[], { alternatives }: Scope): Set<string> {
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

function nothingShared([ours, theirs]: [number[], number[]], rest: string[], { at, otherAt, cells }: { at: Place; otherAt: Place; cells: Cell[] }): Problem {
  const valuesOf = (side: number[], name: string): string[] => [...new Set(side.map((index) => String(cells[index]?.values[name] ?? 'nothing')))];
  const apart = rest.find((name) => !valuesOf(ours, name).some((value) => valuesOf(theirs, name).includes(value)));
  const name = apart ?? rest[0] ?? '';
  const words = (side: number[]): string => `${name}=${listed(valuesOf(side, name))}`;
  return {
    code: 'E0214',
    at: otherAt,
    message: apart === undefined ? 'the sides have no cells that agree in the params the claim does not name' : `the sides differ in ${name}, which the claim does not name`,
    expected: apart === undefined ? `cells that agree in ${listed(rest)}` : `cells with the same ${name} on both sides`,
    got: apart === undefined ? 'none' : `${words(ours)} against ${words(theirs)}`,
    hint: `name ${name} in both selectors, or run the sweep with the same values on both sides`,
    related: [{ message: 'this claim', at }],
  };
}

/** A side in words; `$name` as the value it has, where that is one. */
function describe({ step, values }: Selector, side: number[], cells: Cell[]): string {
  const shown = Object.entries(values).map(([name, value]) => {
    const own = [...new Set(side.map((index) => cells[index]?.values[name]))];
    return [name, own.length === 1 ? (own[0] ?? value) : value];
  });
  const words = labelOf(Object.fromEntries(shown) as ParamValues);
  return words === '' ? step : `${step} (${words})`;
}

function createPools(cells: Cell[]): (sweep: string | null) => number[] {
  const pools = new Map<string | null, number[]>();
  return (sweep) => {
    const before = pools.get(sweep);
    if (before) return before;
    const pool = cells.flatMap(({ sweeps }, index) => (sweep === null || sweeps.includes(sweep) ? [index] : []));
    pools.set(sweep, pool);
    return pool;
  };
}

/** Which N of Best-of-N is compared: the one asked for, or the largest that the steps have; null for other metrics. */
function createSizes({ instances, steps }: SideOptions) {
  const stepOf = new Map(instances.steps.map((step) => [step.id, step]));
  return (sides: (readonly [step: string, cells: number[]])[], { n, at }: { n: Tree | undefined; at: Place }, problems: Problem[]): number | null | 'wrong' => {
    const made = sides.filter(([step]) => steps.drafts.get(step)?.definition.kind === 'eval/bon');
    const ids = new Set(made.flatMap(([step, cells]) => cells.map((index) => instances.cells[index]?.[step] ?? '')));
    const lists = [...ids].flatMap((id) => (stepOf.get(id)?.isPartial ? [] : [(stepOf.get(id)?.settings['n'] ?? []) as number[]]));
    const [first] = lists;
    if (!first) return null;
    const asked = n?.kind === 'leaf' ? Number(n.value) : null;
    const largest = lists.map((list) => Math.max(...list));
    const lacking = lists.find((list) => asked !== null && !list.includes(asked));
    if (asked !== null && !lacking) return asked;
    if (asked === null && largest.every((each) => each === largest[0])) return largest[0] ?? null;
    const name = made[0]?.[0] ?? '';
    problems.push({
      code: 'E0211',
      at: n?.at ?? at,
      message: lacking ? `${name} does not measure Best-of-${asked}` : 'the sides have different largest N',
      expected: lacking ? `one of ${listed(lacking.map(String))}` : 'n in the metric',
      got: lacking ? String(asked) : listed([...new Set(largest)].map(String)),
      hint: lacking ? `add ${asked} to the n of ${name}` : 'add n to the metric',
    });
    return 'wrong';
  };
}

function unknownParam(name: string, at: Place, known: string[]): Problem {
  return { code: 'E0210', at, message: `there is no param ${name}`, expected: `one of ${listed(known)}`, got: name, hint: didYouMean(name, known, 'name a param or a group of alternatives') };
}
