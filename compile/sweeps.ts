import type { Json, Scalar } from '../plan/index.ts';
import type { Alternatives } from './alternatives.ts';
import { isError } from './diagnostic.ts';
import type { Problem } from './diagnostic.ts';
import { didYouMean, oneOf } from './near.ts';
import { isSound } from './sound.ts';
import { paramNameOf } from './params.ts';
import type { Params } from './params.ts';
import type { Place } from './source.ts';
import { entriesOf, entryOf, toJson } from './tree.ts';
import type { Entry, Tree } from './tree.ts';

/** A value as an axis gives it: plain, or `$name` for the value of another param in the same cell. */
export interface AxisValue {
  value: Scalar;
  at: Place;
}

/** What a combination of a sweep binds: names of params and of groups of alternatives. */
export type Binding = Map<string, AxisValue>;

/** A sweep as read: its combinations before `exclude`, `include` and `seeds` are applied. */
export interface Sweep {
  name: string;
  at: Place;
  combinations: Binding[];
  exclude: Binding[];
  include: Binding[];
  seeds: AxisValue[];
  /** Steps to work towards, with their places; null: what the file works towards. */
  targets: Map<string, Place> | null;
}

/** Cells that all sweeps of a file may have together. */
export const mostCells = 50_000;

/** Steps that all cells may have together, before equal ones are merged; some seconds of work. */
export const mostSteps = 500_000;

/** Comparisons of combinations with the entries of exclude and include. */
const mostComparisons = 5_000_000;

interface Names {
  params: Params;
  alternatives: Alternatives;
  earlier: Problem[];
  problems: Problem[];
}

/** The sweeps of a file: `grid` (product) × rows of `zip` × points of `baseline` and `vary`. */
export function readSweeps(root: Tree, names: Omit<Names, 'problems'>): { sweeps: Sweep[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const sweeps = byName(entriesOf(root, 'sweeps')).map(([name, { key, value }]) =>
    readSweep(value, { name, at: key, names: { ...names, problems } }),
  );
  return { sweeps: sweeps.filter((sweep) => sweep !== null), problems };
}

function readSweep(tree: Tree, { name, at, names }: { name: string; at: Place; names: Names }): Sweep | null {
  if (!isSound(tree, names) || !isSound({ at }, names)) return null;
  const before = names.problems.filter(isError).length;
  const grid = readAxes(tree, 'grid', names);
  const zip = readAxes(tree, 'zip', names);
  const vary = readAxes(tree, 'vary', names);
  const baseline = readPoint(entryOf(tree, 'baseline')?.value, names);
  checkBoundOnce(tree, { parts: ['grid', 'zip', 'vary', 'baseline'], names });
  checkLengths(zip, names);
  const seeds = readSeeds(tree, names);
  const exclude = readPoints(tree, 'exclude', names);
  const include = readPoints(tree, 'include', names);
  if (names.problems.filter(isError).length > before) return null;
  const rows = zip.length === 0 ? [new Map()] : zipped(zip);
  const points = star(baseline, vary);
  const count = grid.reduce((product, { values }) => product * values.length, rows.length * points.length);
  const cells = count * Math.max(1, seeds.length);
  if (cells > mostCells) {
    names.problems.push(tooManyCells(name, at, cells));
    return null;
  }
  if (count * (exclude.length + include.length) > mostComparisons) {
    names.problems.push(tooManyEntries(name, at, exclude.length + include.length));
    return null;
  }
  const hasAxes = grid.length + zip.length + vary.length + baseline.size > 0;
  const combinations = hasAxes || include.length === 0 ? product(grid).flatMap((each) => rows.flatMap((row) => points.map((point) => new Map([...each, ...row, ...point])))) : [];
  return { name, at, combinations, exclude, include, seeds, targets: readTargets(tree) };
}

export function tooManyCells(name: string, at: Place, cells: number): Problem {
  return {
    code: 'E0183',
    at,
    message: `the sweep ${name} has too many cells`,
    expected: `at most ${mostCells.toLocaleString('en')} cells in a file`,
    got: `${cells.toLocaleString('en')} cells`,
    hint: 'vary one factor at a time with baseline and vary, or make the lists shorter',
  };
}

/** Said of all sweeps together, at the key they stand under. */
export function tooManySteps(at: Place | null, steps: number): Problem {
  return {
    code: 'E0183',
    at,
    message: 'the cells of all sweeps have too many steps together',
    expected: `at most ${mostSteps.toLocaleString('en')} steps`,
    got: `${steps.toLocaleString('en')} steps`,
    hint: 'vary one factor at a time with baseline and vary, or run the sweeps one by one with --sweep',
  };
}

function tooManyEntries(name: string, at: Place, entries: number): Problem {
  return {
    code: 'E0183',
    at,
    message: `exclude and include of the sweep ${name} have too many entries for its cells`,
    expected: `at most ${mostComparisons.toLocaleString('en')} comparisons of an entry with a cell`,
    got: `${entries.toLocaleString('en')} entries`,
    hint: 'make the lists of the axes shorter instead',
  };
}

/** The order of keys in a file means nothing; that of the values of an axis is kept. */
function byName(entries: [string, Entry][]): [string, Entry][] {
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

function readTargets(tree: Tree): Sweep['targets'] {
  const list = entryOf(tree, 'targets')?.value;
  return list?.kind === 'list' ? new Map(list.items.flatMap((item) => (item.kind === 'leaf' ? [[String(item.value), item.at]] : []))) : null;
}

interface Axis {
  name: string;
  at: Place;
  values: AxisValue[];
}

function readAxes(tree: Tree, part: string, names: Names): Axis[] {
  return byName(entriesOf(tree, part)).flatMap(([name, { key, value }]) => {
    if (!isKnown(name, key, names)) return [];
    const values = value.kind === 'list' ? value.items.flatMap((item) => valueOf(name, item, names)) : geometricOf(name, value, names);
    return [{ name, at: key, values }];
  });
}

function readPoints(tree: Tree, part: string, names: Names): Binding[] {
  const list = entryOf(tree, part)?.value;
  return list?.kind === 'list' ? list.items.map((item) => readPoint(item, names)) : [];
}

function readPoint(tree: Tree | undefined, names: Names): Binding {
  const binding: Binding = new Map();
  if (tree?.kind !== 'map') return binding;
  for (const [name, { key, value }] of tree.entries) {
    if (!isKnown(name, key, names)) continue;
    const [read] = valueOf(name, value, names);
    if (read) binding.set(name, read);
  }
  return binding;
}

function readSeeds(tree: Tree, names: Names): AxisValue[] {
  const entry = entryOf(tree, 'seeds');
  if (entry?.value.kind !== 'list') return [];
  if (names.params.has('seed')) return entry.value.items.flatMap((item) => valueOf('seed', item, names));
  names.problems.push({
    code: 'E0185',
    at: entry.key,
    message: 'seeds binds the param seed, and the file has none',
    expected: 'a param seed, used by the steps that draw',
    hint: 'declare params: {seed: {type: integer, default: 1}} and write seed: $seed in the steps',
  });
  return [];
}

/** Whether an axis names a param or a group of alternatives. */
function isKnown(name: string, at: Place, { params, alternatives, problems }: Names): boolean {
  if (params.has(name) || alternatives.has(name)) return true;
  const known = [...params.keys(), ...alternatives.keys()];
  problems.push({
    code: 'E0180',
    at,
    message: `${name} is neither a param nor a group of alternatives`,
    expected: oneOf(known),
    got: name,
    hint: didYouMean(name, known, `declare ${name} under params`),
  });
  return false;
}

/** A value of an axis, if it is one of this param or a choice of this group. */
function valueOf(name: string, tree: Tree, { params, alternatives, problems }: Names): AxisValue[] {
  if (tree.kind !== 'leaf' || tree.value === null || tree.broken) return [];
  const { value, at } = tree;
  const group = alternatives.get(name);
  const known = group ? [...group.choices.keys()] : [];
  if (group && !known.includes(String(value))) {
    problems.push({
      code: 'E0184',
      at,
      message: `${String(value)} is no choice of ${name}`,
      expected: oneOf(known),
      got: String(value),
      hint: didYouMean(String(value), known),
      related: [{ message: `${name} is declared here`, at: group.at }],
    });
    return [];
  }
  const other = paramNameOf(value);
  const problem = other === null || params.has(other) ? (params.get(name)?.check(value, at) ?? null) : unknownParam(other, at, params);
  if (problem) problems.push(problem);
  return problem ? [] : [{ value, at }];
}

function unknownParam(name: string, at: Place, params: Params): Problem {
  return {
    code: 'E0120',
    at,
    message: `there is no param ${name}`,
    expected: oneOf(params.keys()),
    got: `$${name}`,
    hint: didYouMean(name, params.keys(), `declare ${name} under params`),
  };
}

/** from, from·ratio, … below `to`, and `to` itself. */
function geometricOf(name: string, tree: Tree, { params, problems }: Names): AxisValue[] {
  const written = entryOf(tree, 'geometric');
  if (!written) return [];
  const { from, to, ratio } = toJson(written.value) as { from: number; to: number; ratio: number | 'sqrt2' };
  const param = params.get(name);
  const problem = (message: string, expected: string, got: Json): AxisValue[] => {
    problems.push({ code: 'E0187', at: written.key, message, expected, got: String(got), hint: 'write the values as a list' });
    return [];
  };
  if (param?.type !== 'integer' && param?.type !== 'number')
    return problem(`${name} takes no numbers`, 'a param of type integer or number', param?.type ?? 'alternatives');
  if (to < from) return problem(`the values of ${name} end before they begin`, `a to of at least ${from}`, to);
  const factor = (power: number): number => (ratio === 'sqrt2' ? 2 ** (power / 2) : ratio ** power);
  if (from * factor(1000) < to) return problem(`${name} has more than 1,000 values`, 'a larger ratio', ratio);
  const values: number[] = [];
  for (let power = 0; from * factor(power) < to * (1 - 1e-9); power++) values.push(from * factor(power));
  const whole = [...values, to].map((value) => (param.type === 'integer' ? Math.round(value) : value));
  const bad = whole.map((value) => param.check(value, written.key)).find((found) => found !== null);
  if (bad) problems.push(bad);
  return bad ? [] : [...new Set(whole)].map((value) => ({ value, at: written.key }));
}

function checkBoundOnce(tree: Tree, { parts, names }: { parts: string[]; names: Names }): void {
  const first = new Map<string, Place>();
  for (const part of parts) {
    const own = part === 'baseline' ? entriesOf(tree, part).filter(([name]) => entryOf(entryOf(tree, 'vary')?.value, name) === undefined) : entriesOf(tree, part);
    for (const [name, { key }] of own)
      for (const bound of [name, ...boundBy(name, names)]) {
        const earlier = first.get(bound);
        if (!earlier) first.set(bound, key);
        else if (earlier !== key) names.problems.push(boundTwice(bound, key, earlier));
      }
  }
}

function boundBy(name: string, { alternatives }: Names): string[] {
  return [...new Set([...(alternatives.get(name)?.choices.values() ?? [])].flatMap(({ values }) => [...values.keys()]))];
}

function boundTwice(name: string, at: Place, earlier: Place): Problem {
  return {
    code: 'E0181',
    at,
    message: `two axes of the sweep bind ${name}`,
    expected: 'each param bound by one axis',
    hint: 'remove one of the two, or make it a sweep of its own',
    related: [{ message: 'first bound here', at: earlier }],
  };
}

function checkLengths(zip: Axis[], { problems }: Names): void {
  const [first, ...rest] = zip;
  for (const { name, at, values } of rest)
    if (first && values.length !== first.values.length)
      problems.push({
        code: 'E0186',
        at,
        message: `the lists of zip have different lengths: ${first.name} and ${name}`,
        expected: `${first.values.length} values, as ${first.name} has`,
        got: `${values.length} values`,
        hint: 'zip links the first with the first and the second with the second; grid combines all with all',
        related: [{ message: `${first.name} has ${first.values.length}`, at: first.at }],
      });
}

function product(axes: Axis[]): Binding[] {
  return axes.reduce<Binding[]>(
    (all, { name, values }) => all.flatMap((before) => values.map((value) => new Map([...before, [name, value]]))),
    [new Map()],
  );
}

function zipped(axes: Axis[]): Binding[] {
  const length = axes[0]?.values.length ?? 0;
  return Array.from({ length }, (_, index) => new Map(axes.flatMap(({ name, values }) => (values[index] ? [[name, values[index]]] : []))));
}

/** The baseline, then each other value of each varied param with the rest as in the baseline. */
function star(baseline: Binding, vary: Axis[]): Binding[] {
  const others = vary.flatMap(({ name, values }) => values.map((value) => new Map([...baseline, [name, value]])));
  return [baseline, ...others];
}
