import { isError } from './diagnostic.ts';
import type { Problem } from './diagnostic.ts';
import { isSound } from './sound.ts';
import type { Place } from './source.ts';
import { entriesOf, entryOf } from './tree.ts';
import type { Tree } from './tree.ts';
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

/** Cells that all sweeps of a file may have together. */
export const mostCells = 50_000;

/** Steps that all cells may have together, before equal ones are merged; some seconds of work. */
export const mostSteps = 500_000;

/** Comparisons of combinations with the entries of exclude and include. */
export const mostComparisons = 5_000_000;

/** The sweeps of a file: `grid` (product) × rows of `zip` × points of `baseline` and `vary`. */
export function readSweeps(root: Tree, names: Omit<AxisNames, 'problems'>): { sweeps: Sweep[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const sweeps = byName(entriesOf(root, 'sweeps')).map(([name, { key, value }]) =>
    readSweep(value, { name, at: key, names: { ...names, problems } }),
  );
  return { sweeps: sweeps.filter((sweep) => sweep !== null), problems };
}

function readSweep(tree: Tree, { name, at, names }: { name: string; at: Place; names: AxisNames }): Sweep | null {
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

function readTargets(tree: Tree): Sweep['targets'] {
  const list = entryOf(tree, 'targets')?.value;
  return list?.kind === 'list' ? new Map(list.items.flatMap((item) => (item.kind === 'leaf' ? [[String(item.value), item.at]] : []))) : null;
}

function checkBoundOnce(tree: Tree, { parts, names }: { parts: string[]; names: AxisNames }): void {
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
