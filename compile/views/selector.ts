import type { ParamValues, Scalar } from '../../plan/index.ts';
import { viewSelectorKeys } from '../../schemas/index.ts';
import { unknownParam, unknownReference } from '../names/params.ts';
import { paramNameOf } from '../check/param-values.ts';
import type { Place } from '../diagnostics/source.ts';
import { leavesOf } from '../read/tree.ts';
import type { Leaf, Tree } from '../read/tree.ts';
import type { ViewScope } from './scope.ts';

/** Which cells a part of a view is about, and what is read of them. Parts are laid over each other; the last one wins. */
export interface ViewSelector {
  /** As written: a value, or `$name` for the value that this param has in the cell. */
  values: ParamValues;
  /** Where the values are written. */
  places: Map<string, Place>;
  /** `step`, `sweep`, `metric`, `n`, `part`, `setting`, `reference` and `absent`. */
  own: Map<string, Leaf>;
  /** One for each column; null: `step` says it. */
  steps: Leaf[] | null;
}

export const everything: ViewSelector = { values: {}, places: new Map(), own: new Map(), steps: null };

/** A selector as written; names that are not there are reported. */
export function readSelector(tree: Tree | undefined, { params, alternatives, problems }: ViewScope): ViewSelector {
  const selector: ViewSelector = { values: {}, places: new Map(), own: new Map(), steps: null };
  const names = [...params.keys(), ...alternatives.keys()];
  for (const [name, { key, value }] of tree?.kind === 'map' ? tree.entries : []) {
    if (name === 'steps') selector.steps = leavesOf(value);
    else if (value.kind !== 'leaf' || value.value === null) continue;
    else if (viewSelectorKeys.includes(name)) selector.own.set(name, value);
    else if (!names.includes(name)) problems.push(unknownParam(name, key, [...names, ...viewSelectorKeys]));
    else {
      const other = paramNameOf(value.value);
      if (other !== null && !params.has(other)) problems.push(unknownReference(other, value.at, params));
      selector.values[name] = value.value;
      selector.places.set(name, value.at);
    }
  }
  return selector;
}

/** What a selector over other ones says; of `step` and `steps` the later one counts. */
export function merged(selectors: ViewSelector[]): ViewSelector {
  return selectors.reduce((under, over) => {
    const own = new Map([...under.own, ...over.own]);
    if (over.steps) own.delete('step');
    return {
      values: { ...under.values, ...over.values },
      places: new Map([...under.places, ...over.places]),
      own,
      steps: over.own.has('step') ? null : (over.steps ?? under.steps),
    };
  }, everything);
}

/** The selector of one value that no one has written: a step of all that measure, a value of all that a param has. */
export function selectorOf(key: string, value: Scalar, at: Place): ViewSelector {
  if (!viewSelectorKeys.includes(key)) return { ...everything, values: { [key]: value } };
  return { ...everything, own: new Map([[key, { kind: 'leaf', at, value }]]) };
}

/** What a selector says under one of its own keys; null where it says nothing. */
export function ownOf(selector: ViewSelector, key: string): string | null {
  const leaf = selector.own.get(key);
  return leaf ? String(leaf.value) : null;
}
