import type { Json } from '../../plan/index.ts';
import type { Alternatives } from './alternatives.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, oneOf } from '../diagnostics/near.ts';
import { paramNameOf } from '../check/param-values.ts';
import { isSound } from '../check/sound.ts';
import { unknownParam, unknownReference, type Params } from '../names/params.ts';
import type { Place } from '../diagnostics/source.ts';
import { entriesOf, entryOf, toJson, type Entry, type Tree } from '../read/tree.ts';
import type { AxisValue, Binding } from './binding.ts';

/** Values of one param or one group of alternatives. */
export interface Axis {
  name: string;
  at: Place;
  values: AxisValue[];
  /** False if a wrong value was left out. */
  isWhole: boolean;
}

/** What names mean while axes are read, and the problems found so far. */
export interface AxisNames {
  params: Params;
  alternatives: Alternatives;
  earlier: Problem[];
  problems: Problem[];
}

/** The axes under a key of a sweep, by name. */
export function readAxes(tree: Tree, part: string, names: AxisNames): Axis[] {
  return byName(entriesOf(tree, part)).flatMap(([name, { key, value }]) => {
    if (!isKnown(name, key, names)) return [];
    const values = value.kind === 'list' ? value.items.flatMap((item) => valueOfAxis(name, item, names)) : geometricOf(name, value, names);
    return [{ name, at: key, values, isWhole: value.kind !== 'list' || values.length === value.items.length }];
  });
}

/** The points of a list. */
export function readPoints(tree: Tree, part: string, names: AxisNames): Binding[] {
  const list = entryOf(tree, part)?.value;
  return list?.kind === 'list' ? list.items.map((item) => readPoint(item, names)) : [];
}

/** A value for each of some params. */
export function readPoint(tree: Tree | undefined, names: AxisNames): Binding {
  const binding: Binding = new Map();
  if (tree?.kind !== 'map') return binding;
  for (const [name, { key, value }] of tree.entries) {
    if (!isKnown(name, key, names)) continue;
    const [read] = valueOfAxis(name, value, names);
    if (read) binding.set(name, read);
  }
  return binding;
}

/** The values of the param seed. */
export function readSeeds(tree: Tree, names: AxisNames): AxisValue[] {
  const entry = entryOf(tree, 'seeds');
  if (entry?.value.kind !== 'list') return [];
  if (names.params.has('seed')) return entry.value.items.flatMap((item) => valueOfAxis('seed', item, names));
  names.problems.push({
    code: 'E0185',
    at: entry.key,
    message: 'seeds sets the param seed, which the file does not have',
    expected: 'a param seed, used by the steps that depend on chance',
    hint: 'declare params: {seed: {type: integer, default: 1}} and write seed: $seed in the steps',
  });
  return [];
}

/** Sorts entries by name: the order of keys in a file has no meaning; that of the values of an axis is kept. */
export function byName(entries: [string, Entry][]): [string, Entry][] {
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Whether an axis names a param or a group of alternatives; if not, it is reported. */
function isKnown(name: string, at: Place, { params, alternatives, earlier, problems }: AxisNames): boolean {
  if (!isSound({ at }, { earlier })) return false;
  if (params.has(name) || alternatives.has(name)) return true;
  problems.push(unknownParam(name, at, [...params.keys(), ...alternatives.keys()]));
  return false;
}

/** A value of an axis, if the param accepts it or it is a choice of the group; otherwise none, and it is reported. */
function valueOfAxis(name: string, tree: Tree, { params, alternatives, earlier, problems }: AxisNames): AxisValue[] {
  if (tree.kind !== 'leaf' || tree.value === null || !isSound(tree, { earlier })) return [];
  const { value, at } = tree;
  const group = alternatives.get(name);
  const known = group ? [...group.choices.keys()] : [];
  if (group && !known.includes(String(value))) {
    problems.push({
      code: 'E0184',
      at,
      message: `${String(value)} is not a choice of ${name}`,
      expected: oneOf(known),
      got: String(value),
      hint: didYouMean(String(value), known),
      related: [{ message: `${name} is declared here`, at: group.at }],
    });
    return [];
  }
  const other = paramNameOf(value);
  const problem = other === null || params.has(other) ? (params.get(name)?.check(value, at) ?? null) : unknownReference(other, at, params);
  if (problem) problems.push(problem);
  return problem ? [] : [{ value, at }];
}

/** from, from·ratio, … below `to`, and `to` itself, to 15 digits: 1e-6 · 10 is the 1e-5 that another sweep writes. */
function geometricOf(name: string, tree: Tree, { params, earlier, problems }: AxisNames): AxisValue[] {
  const written = entryOf(tree, 'geometric');
  if (!written || !isSound(tree, { earlier })) return [];
  const { from, to, ratio } = toJson(written.value) as { from: number; to: number; ratio: number | 'sqrt2' };
  const param = params.get(name);
  const problem = (message: string, expected: string, got: Json): AxisValue[] => {
    problems.push({ code: 'E0187', at: written.key, message, expected, got: String(got), hint: 'write the values as a list' });
    return [];
  };
  if (param?.type !== 'integer' && param?.type !== 'number')
    return problem(`${name} does not accept numbers`, 'a param of type integer or number', param?.type ?? 'alternatives');
  if (to < from) return problem(`the values of ${name} end below their start`, `a to of at least ${from}`, to);
  const factor = (power: number): number => (ratio === 'sqrt2' ? 2 ** (power / 2) : ratio ** power);
  if (from * factor(1000) < to) return problem(`${name} has more than 1,000 values`, 'a larger ratio', ratio);
  const values: number[] = [];
  for (let power = 0; from * factor(power) < to * (1 - 1e-9); power++) values.push(from * factor(power));
  const whole = [...values.map((value) => Number(value.toPrecision(15))), to].map((value) =>
    param.type === 'integer' ? Math.round(value) : value,
  );
  const bad = whole.map((value) => param.check(value, written.key)).find((found) => found !== null);
  if (bad) problems.push(bad);
  return bad ? [] : [...new Set(whole)].map((value) => ({ value, at: written.key }));
}
