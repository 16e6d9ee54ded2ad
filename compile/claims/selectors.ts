import { labelOf } from '../../plan/index.ts';
import type { ParamValues } from '../../plan/index.ts';
import type { Alternatives } from '../sweeps/alternatives.ts';
import type { Cell } from '../sweeps/cell.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Instances } from '../graph/instances.ts';
import { didYouMean, oneOf } from '../diagnostics/near.ts';
import { paramNameOf } from '../check/param-values.ts';
import { unknownParam, unknownReference } from '../names/params.ts';
import type { Params } from '../names/params.ts';
import type { Steps } from '../names/references.ts';
import { createMatcher } from '../sweeps/selection.ts';
import type { Place } from '../diagnostics/source.ts';
import { placeOf } from '../read/tree.ts';
import type { Entry } from '../read/tree.ts';

export interface SideOptions {
  cells: Cell[];
  params: Params;
  alternatives: Alternatives;
  steps: Pick<Steps, 'drafts' | 'others'>;
  instances: Instances;
  /** All cells of the file are there and sound: a selector that finds none is a mistake. */
  isWhole: boolean;
}

/** What the sides of one claim are looked for in. */
export interface ClaimScope extends SideOptions {
  problems: Problem[];
  sweep: string | null;
  /** The cells that the claim is about, by their place in the list of cells. */
  pool: number[];
}

/** One side as it is written. */
export interface Selector {
  step: string;
  /** As written: a value, or `$name` for the value that this param has in the cell. */
  values: ParamValues;
  places: Map<string, { key: Place; value: Place }>;
  at: Place;
}

/** A selector that names what is there; null where it does not. */
export function readSelector(entry: Entry | undefined, { at, step, scope }: { at: Place; step: string; scope: ClaimScope }): Selector | null {
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
      if (other !== null && !scope.params.has(other)) scope.problems.push(unknownReference(other, leaf.at, scope.params));
      selector.values[name] = leaf.value;
      selector.places.set(name, { key, value: leaf.at });
    }
  }
  return scope.problems.length === before ? selector : null;
}

/** Cells that a selector fits and that have its step; null where there are none. */
export function selectCells({ step, values, places, at }: Selector, { cells, instances, pool, isWhole, problems, sweep }: ClaimScope): number[] | null {
  const fits = (wanted: ParamValues) => {
    const matches = createMatcher(Object.entries(wanted));
    return (index: number): boolean => matches((name) => cells[index]?.values[name]);
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
    expected: name === undefined ? 'values that one cell has together' : there.length === 0 ? `a param or group that an axis binds` : `${name}: ${oneOf(there)}`,
    got: labelOf(values) || step,
    hint: typeof wanted === 'string' ? didYouMean(wanted, there) : undefined,
  });
  return null;
}

/** A side in words; `$name` as the value it has, where that is one. */
export function describeSide({ step, values }: Selector, side: number[], cells: Cell[]): string {
  const shown = Object.entries(values).map(([name, value]) => {
    const own = [...new Set(side.map((index) => cells[index]?.values[name]))];
    return [name, own.length === 1 ? (own[0] ?? value) : value];
  });
  const words = labelOf(Object.fromEntries(shown) as ParamValues);
  return words === '' ? step : `${step} (${words})`;
}
