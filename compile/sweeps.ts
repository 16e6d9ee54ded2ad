import { isError } from './diagnostic.ts';
import type { Problem } from './diagnostic.ts';
import { isSound } from './sound.ts';
import type { Place } from './source.ts';
import { entriesOf, entryOf } from './tree.ts';
import type { Entry, Tree } from './tree.ts';
import { byName, readAxes, readPoint, readPoints, readSeeds } from './axes.ts';
import type { Axis, AxisNames, AxisValue, Binding } from './axes.ts';

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

/** Cells that all sweeps of a file may have together, one that several sweeps have counted for each of them. */
export const mostCells = 50_000;

/** Values of params that all cells may have together. */
export const mostValues = 1_000_000;

/** Steps that all cells may have together, before equal ones are merged; some seconds of work. */
export const mostSteps = 200_000;

/** Comparisons of a value in exclude and include with a combination, in all sweeps together. */
export const mostComparisons = 2_000_000;

/** A sweep whose parts are read, before they are combined. */
interface Parts extends Omit<Sweep, 'combinations'> {
  grid: Axis[];
  rows: Binding[];
  baseline: Binding;
  vary: Axis[];
  hasAxes: boolean;
}

export interface SweepNames extends Omit<AxisNames, 'problems'> {
  /** The sweeps that are asked for; undefined: all. */
  only?: string[] | undefined;
}

/**
 * The sweeps of a file: `grid` (product) × rows of `zip` × points of `baseline` and `vary`. All are read, and those that are
 * asked for are combined: what that takes is counted first, over all of them.
 */
export function readSweeps(root: Tree, { only, ...names }: SweepNames): { sweeps: Sweep[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const entries = byName(entriesOf(root, 'sweeps'));
  const read = entries.map(([name, { key, value }]) => readSweep(value, { name, at: key, names: { ...names, problems } }));
  const sound = read.filter((parts) => parts !== null);
  const asked = sound.filter(({ name }) => only?.includes(name) ?? true);
  const limit = createLimit(names);
  const [beyond] = asked.map(limit).filter((problem) => problem !== null);
  if (beyond) problems.push(beyond);
  const sweeps = sound.map((parts) => (beyond || !asked.includes(parts) ? { ...parts, ...nothing } : { ...parts, combinations: combined(parts) }));
  return { sweeps, problems };
}

const nothing = { combinations: [], exclude: [], include: [] };

function readSweep(tree: Tree, { name, at, names }: { name: string; at: Place; names: AxisNames }): Parts | null {
  if (!isSound(tree, names) || !isSound({ at }, names)) return null;
  const before = names.problems.filter(isError).length;
  const grid = readAxes(tree, 'grid', names);
  const zip = readAxes(tree, 'zip', names);
  const vary = readAxes(tree, 'vary', names);
  const baseline = readPoint(entryOf(tree, 'baseline')?.value, names);
  checkBoundOnce(tree, names);
  checkLengths(zip, names);
  const seeds = readSeeds(tree, names);
  const exclude = readPoints(tree, 'exclude', names);
  const include = readPoints(tree, 'include', names);
  if (names.problems.filter(isError).length > before) return null;
  const rows = zip.length === 0 ? [new Map()] : zipped(zip);
  const hasAxes = grid.length + zip.length + vary.length + baseline.size > 0;
  return { name, at, grid, rows, baseline, vary, hasAxes, exclude, include, seeds, targets: readTargets(tree) };
}

function combined({ grid, rows, baseline, vary, hasAxes, include }: Parts): Binding[] {
  if (!hasAxes && include.length > 0) return [];
  const points = star(baseline, vary);
  return product(grid).flatMap((each) => rows.flatMap((row) => points.map((point) => new Map([...each, ...row, ...point]))));
}

/** Tells the first sweep with which all up to it are more than a run may hold, or more than takes a moment to compare. */
function createLimit({ params, alternatives }: Pick<AxisNames, 'params' | 'alternatives'>): (sweep: Parts) => Problem | null {
  const names = params.size + alternatives.size;
  const most = Math.min(mostCells, Math.floor(mostValues / Math.max(1, names)));
  let cells = 0;
  let comparisons = 0;
  return ({ name, at, grid, rows, vary, hasAxes, exclude, include, seeds }) => {
    const points = vary.reduce((sum, { values }) => sum + values.length, 1);
    const count = hasAxes || include.length === 0 ? grid.reduce((product, { values }) => product * values.length, rows.length * points) : 0;
    const own = (count + include.length) * Math.max(1, seeds.length);
    const compared = [...exclude, ...include].reduce((sum, { size }) => sum + size, 0);
    cells += own;
    comparisons += own * compared;
    if (cells > most) return tooManyCells({ name, at, own, cells, most, names });
    return comparisons > mostComparisons ? tooManyEntries(name, at, comparisons) : null;
  };
}

function tooManyCells({ name, at, own, cells, most, names }: { name: string; at: Place; own: number; cells: number; most: number; names: number }): Problem {
  return {
    code: 'E0183',
    at,
    message: own === cells ? `the sweep ${name} has too many cells` : `with the sweep ${name} the file has too many cells`,
    expected: `at most ${most.toLocaleString('en')} cells in a file${most < mostCells ? ` of ${names.toLocaleString('en')} params` : ''}`,
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

function tooManyEntries(name: string, at: Place, comparisons: number): Problem {
  return {
    code: 'E0183',
    at,
    message: `exclude and include of the sweep ${name} have too many entries for its cells`,
    expected: `at most ${mostComparisons.toLocaleString('en')} comparisons of a value with a cell in a file`,
    got: `${comparisons.toLocaleString('en')} comparisons`,
    hint: 'make the lists of the axes shorter instead',
  };
}

function readTargets(tree: Tree): Sweep['targets'] {
  const list = entryOf(tree, 'targets')?.value;
  return list?.kind === 'list' ? new Map(list.items.flatMap((item) => (item.kind === 'leaf' ? [[String(item.value), item.at]] : []))) : null;
}

function checkBoundOnce(tree: Tree, names: AxisNames): void {
  const first = new Map<string, Place>();
  for (const [name, { key }] of boundIn(tree))
    for (const bound of [name, ...boundBy(name, names)]) {
      const earlier = first.get(bound);
      if (!earlier) first.set(bound, key);
      else if (earlier !== key) names.problems.push(boundTwice(bound, key, earlier));
    }
}

/** What the parts of a sweep bind; a param that varies is expected in the baseline, too. */
function boundIn(tree: Tree): [string, Entry][] {
  const varied = new Set(entriesOf(tree, 'vary').map(([name]) => name));
  const baseline = entriesOf(tree, 'baseline').filter(([name]) => !varied.has(name));
  const seeds = entryOf(tree, 'seeds');
  return [...['grid', 'zip', 'vary'].flatMap((part) => entriesOf(tree, part)), ...baseline, ...(seeds ? [['seed', seeds] as [string, Entry]] : [])];
}

function boundBy(name: string, { alternatives }: AxisNames): string[] {
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

function checkLengths(zip: Axis[], { problems }: AxisNames): void {
  const [first, ...rest] = zip;
  for (const { name, at, values } of rest)
    if (first && values.length !== first.values.length)
      problems.push({
        code: 'E0186',
        at,
        message: `the lists of zip have different lengths: ${first.name} and ${name}`,
        expected: `as many as ${first.name} has: ${first.values.length}`,
        got: `${values.length}`,
        hint: 'zip links the first with the first and the second with the second; grid combines all with all',
        related: [{ message: `${first.name} has ${first.values.length}`, at: first.at }],
      });
}

/** Every combination, the first axis changing slowest. */
function product(axes: Axis[]): Binding[] {
  const count = axes.reduce((all, { values }) => all * values.length, 1);
  return Array.from({ length: count }, (_, index) => {
    const binding: Binding = new Map();
    let stride = count;
    for (const { name, values } of axes) {
      stride /= values.length;
      const value = values[Math.floor(index / stride) % values.length];
      if (value) binding.set(name, value);
    }
    return binding;
  });
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
