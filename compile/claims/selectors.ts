import { labelOf } from '../../plan/index.ts';
import type { ParamValues, PlanComparison } from '../../plan/index.ts';
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
import { entryOf, placeOfTree } from '../read/tree.ts';
import type { Entry, Leaf } from '../read/tree.ts';

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

/** Cells as a claim writes them. */
export interface TermSelector {
  /** Null: the step and the N of the metric. */
  step: Leaf | null;
  n: Leaf | null;
  /** As written: a value, or `$name` for the value that this param has in the cell. */
  values: ParamValues;
  places: Map<string, { key: Place; value: Place }>;
  at: Place;
  /** The cells whose value is taken off. */
  minus: TermSelector | null;
}

/** Measurements of one step. */
export interface Term {
  selector: TermSelector;
  step: string;
  n: number | null;
  /** By their place in the list of cells. */
  cells: number[];
}

/** A comparison whose sides are cells; the second term of a side is taken off from the first. */
export interface ComparisonDraft extends Pick<PlanComparison, 'where'> {
  of: Term[];
  to: Term[] | number;
}

/** A selector that names what is there, laid over another where it says only what differs; null where it names what is not. */
export function readSelector(
  entry: Entry | undefined,
  { at, scope, over }: { at: Place; scope: ClaimScope; over?: TermSelector },
): TermSelector | null {
  const place = entry ? placeOfTree({ tree: entry.value, key: entry.key }) : at;
  const selector: TermSelector = {
    step: null,
    n: null,
    ...over,
    values: { ...over?.values },
    places: new Map(over?.places),
    at: place,
    minus: null,
  };
  const names = namesIn(scope);
  const before = scope.problems.length;
  const tree = entry?.value;
  for (const [name, { key, value: leaf }] of tree?.kind === 'map' ? tree.entries : []) {
    if (leaf.kind !== 'leaf' || leaf.value === null) continue;
    if (name === 'step' || name === 'n') selector[name] = leaf;
    else if (!names.includes(name)) scope.problems.push(unknownParam(name, key, names));
    else {
      const other = paramNameOf(leaf.value);
      if (other !== null && !scope.params.has(other)) scope.problems.push(unknownReference(other, leaf.at, scope.params));
      selector.values[name] = leaf.value;
      selector.places.set(name, { key, value: leaf.at });
    }
  }
  const minus = over ? undefined : entryOf(tree, 'minus');
  if (minus) selector.minus = readSelector(minus, { at, scope, over: selector });
  return scope.problems.length === before ? selector : null;
}

/** What a selector may name besides `step`, `n` and `minus`. */
export function namesIn({ params, alternatives }: SideOptions): string[] {
  return [...params.keys(), ...alternatives.keys()];
}

/** Cells that a selector fits and that have this step; null where there are none. */
export function selectCells({ values, places, at }: TermSelector, step: string, scope: ClaimScope): number[] | null {
  const { cells, instances, pool, isWhole, problems } = scope;
  const fits = (wanted: ParamValues) => {
    const matches = createMatcher(Object.entries(wanted));
    return (index: number): boolean => matches((name) => cells[index]?.values[name]);
  };
  const found = pool.filter(fits(values)).filter((index) => instances.cells[index]?.[step] !== undefined);
  if (found.length > 0) return found;
  if (!isWhole) return null;
  const [name, wanted] = Object.entries(values).find(([each, value]) => !pool.some(fits({ [each]: value }))) ?? [];
  const there =
    name === undefined
      ? []
      : [
          ...new Set(
            pool
              .map((index) => cells[index]?.values[name])
              .filter((value) => value !== undefined)
              .map(String),
          ),
        ];
  problems.push({
    code: 'E0213',
    at: (name === undefined ? undefined : places.get(name)?.value) ?? at,
    message: `${noCellOf(scope)} has ${(name === undefined ? labelOf(values) : labelOf({ [name]: wanted ?? '' })) || step}`,
    expected:
      name === undefined
        ? 'values that one cell has together'
        : there.length === 0
          ? 'a param or group that an axis binds'
          : `${name}: ${oneOf(there)}`,
    got: labelOf(values) || step,
    hint: typeof wanted === 'string' ? didYouMean(wanted, there) : undefined,
  });
  return null;
}

/** The beginning of a sentence about cells that are not there. */
export function noCellOf({ sweep }: ClaimScope): string {
  return sweep === null ? 'no cell' : `no cell of the sweep ${sweep}`;
}

/** A side and what is taken off from it; none of a number. */
export function partsOfSide(side: TermSelector | number): TermSelector[] {
  return typeof side === 'number' ? [] : side.minus ? [side, side.minus] : [side];
}
