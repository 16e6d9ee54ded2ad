import { isError, type Problem } from '../diagnostics/diagnostic.ts';
import { isSound } from '../check/sound.ts';
import type { Place } from '../diagnostics/source.ts';
import { entriesOf, entryOf, type Entry, type Tree } from '../read/tree.ts';
import { byName, readAxes, readPoint, readPoints, readSeeds, type Axis, type AxisNames } from './axes.ts';
import type { AxisValue, Binding } from './binding.ts';
import { beyondLimits, type SweepSize } from './limits.ts';

/** A sweep as read: its combinations before `exclude`, `include` and `seeds` are applied. */
export interface Sweep {
  name: string;
  at: Place;
  combinations: Binding[];
  exclude: Binding[];
  include: Binding[];
  seeds: AxisValue[];
  /** Its own targets, with their places; null: those of the file. */
  targets: Map<string, Place> | null;
}

/** A sweep whose parts are read, before they are combined. */
interface Parts extends Omit<Sweep, 'combinations'> {
  grid: Axis[];
  rows: Binding[];
  baseline: Binding;
  vary: Axis[];
  hasAxes: boolean;
}

interface SweepOptions extends Omit<AxisNames, 'problems'> {
  /** The requested sweeps; undefined: all. */
  only?: string[] | undefined;
  /** Steps of the file. */
  steps: number;
}

/**
 * The sweeps of a file: `grid` (product) × rows of `zip` × points of `baseline` and `vary`. All are read, and the requested ones are
 * combined, after their sizes were checked together.
 */
export function readSweeps(root: Tree, { only, steps, ...names }: SweepOptions): { sweeps: Sweep[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const entries = byName(entriesOf(root, 'sweeps'));
  const read = entries.map(([name, { key, value }]) => readSweep(value, { name, at: key, names: { ...names, problems } }));
  const sound = read.filter((parts) => parts !== null);
  const asked = sound.filter(({ name }) => only?.includes(name) ?? true);
  const beyond = beyondLimits(asked.map(sizeOfSweep), { root, params: names.params.size + names.alternatives.size, steps });
  if (beyond) problems.push(beyond);
  const sweeps = sound.map((parts) =>
    beyond || !asked.includes(parts) ? { ...parts, ...nothing } : { ...parts, combinations: combined(parts) },
  );
  return { sweeps, problems };
}

const nothing = { combinations: [], exclude: [], include: [] };

function readSweep(tree: Tree, { name, at, names }: { name: string; at: Place; names: AxisNames }): Parts | null {
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
  if (names.problems.filter(isError).length > before || !isSound(tree, names) || !isSound({ at }, names)) return null;
  const rows = zip.length === 0 ? [new Map()] : zipped(zip);
  const hasAxes = grid.length + zip.length + vary.length + baseline.size > 0;
  return { name, at, grid, rows, baseline, vary, hasAxes, exclude, include, seeds, targets: targetsOfSweep(tree) };
}

function combined({ grid, rows, baseline, vary, hasAxes, include }: Parts): Binding[] {
  if (!hasAxes && include.length > 0) return [];
  const points = star(baseline, vary);
  if (rows.length === 1 && rows[0]?.size === 0 && points.length === 1 && baseline.size === 0) return product(grid);
  return product(grid).flatMap((each) => rows.flatMap((row) => points.map((point) => new Map([...each, ...row, ...point]))));
}

/** The size of a sweep, from its parts. */
function sizeOfSweep({ name, at, grid, rows, vary, hasAxes, exclude, include, seeds }: Parts): SweepSize {
  const points = vary.reduce((sum, { values }) => sum + values.length, 1);
  const count = hasAxes || include.length === 0 ? grid.reduce((product, { values }) => product * values.length, rows.length * points) : 0;
  const cells = (count + include.length) * Math.max(1, seeds.length);
  return { name, at, cells, comparisons: cells * [...exclude, ...include].reduce((sum, { size }) => sum + size, 0) };
}

function targetsOfSweep(tree: Tree): Sweep['targets'] {
  const list = entryOf(tree, 'targets')?.value;
  return list?.kind === 'list'
    ? new Map(list.items.flatMap((item) => (item.kind === 'leaf' ? [[String(item.value), item.at]] : [])))
    : null;
}

function checkBoundOnce(tree: Tree, names: AxisNames): void {
  const first = new Map<string, Place>();
  for (const [name, { key }] of boundIn(tree))
    for (const bound of [name, ...paramsBoundBy(name, names)]) {
      const earlier = first.get(bound);
      if (!earlier) first.set(bound, key);
      else if (earlier !== key) names.problems.push(boundTwice(bound, key, earlier));
    }
}

/** What the parts of a sweep bind; a varied param may be in the baseline, too. */
function boundIn(tree: Tree): [string, Entry][] {
  const varied = new Set(entriesOf(tree, 'vary').map(([name]) => name));
  const baseline = entriesOf(tree, 'baseline').filter(([name]) => !varied.has(name));
  const seeds = entryOf(tree, 'seeds');
  return [
    ...['grid', 'zip', 'vary'].flatMap((part) => entriesOf(tree, part)),
    ...baseline,
    ...(seeds ? [['seed', seeds] as [string, Entry]] : []),
  ];
}

function paramsBoundBy(name: string, { alternatives }: AxisNames): string[] {
  return [...new Set([...(alternatives.get(name)?.choices.values() ?? [])].flatMap(({ values }) => [...values.keys()]))];
}

function boundTwice(name: string, at: Place, earlier: Place): Problem {
  return {
    code: 'E0181',
    at,
    message: `two axes of the sweep bind ${name}`,
    expected: 'each param bound by one axis',
    hint: 'remove one of the two, or put it in another sweep',
    related: [{ message: 'first bound here', at: earlier }],
  };
}

function checkLengths(zip: Axis[], { problems }: AxisNames): void {
  const [first, ...rest] = zip;
  for (const { name, at, values, isWhole } of rest)
    if (first && first.isWhole && isWhole && values.length !== first.values.length)
      problems.push({
        code: 'E0186',
        at,
        message: `the lists of zip have different lengths: ${first.name} and ${name}`,
        expected: `as many as ${first.name} has: ${first.values.length}`,
        got: `${values.length}`,
        hint: 'zip pairs the first values, the second values and so on; grid combines all with all',
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

/** The baseline, then each other value of each varied param with everything else as in the baseline. */
function star(baseline: Binding, vary: Axis[]): Binding[] {
  const others = vary.flatMap(({ name, values }) => values.map((value) => new Map([...baseline, [name, value]])));
  return [baseline, ...others];
}
