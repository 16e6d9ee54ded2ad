import type { Json, JsonObject } from '../../plan/index.ts';
import type { Config } from '../../ports/configuration.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { wholeValue } from '../diagnostics/near.ts';
import { paramNameOf } from '../check/param-values.ts';
import { unknownReference, type Param, type Params } from './params.ts';
import { isSound } from '../check/sound.ts';
import type { Place } from '../diagnostics/source.ts';
import { entryOf, type Tree } from '../read/tree.ts';

/** What names mean while a file is resolved, and the problems found so far. */
export interface Scope {
  config: Config;
  params: Params;
  /** Names of params that were used. */
  usedParams: Set<string>;
  problems: Problem[];
  /** Problems of earlier passes: a value with one of them is not checked again. */
  earlier: Problem[];
}

/** A value with its params replaced. */
export interface Substituted {
  /** `undefined` if nothing of it is usable. */
  value: Json | undefined;
  /** False if a part is missing because it is wrong, or its param is unknown or has no value. */
  isWhole: boolean;
}

/** Replaces params by their values. A mapping keeps its entries without errors, so that these are checked as well. */
export function substitute(tree: Tree, scope: Scope): Substituted {
  if (tree.kind === 'leaf') {
    const value = isSound(tree, scope) ? substituteLeaf(tree, scope) : undefined;
    return { value, isWhole: value !== undefined };
  }
  let isWhole = isSound(tree, scope);
  const valueOf = (part: Tree): Json | undefined => {
    const replaced = substitute(part, scope);
    if (!replaced.isWhole) isWhole = false;
    return replaced.value;
  };
  if (tree.kind === 'list') {
    const items = tree.items.map(valueOf);
    return { value: isWhole ? (items as Json[]) : undefined, isWhole };
  }
  const value: JsonObject = {};
  for (const [key, entry] of tree.entries) {
    const replaced = valueOf(entry.value);
    if (replaced !== undefined) value[key] = replaced;
  }
  return { value, isWhole };
}

/** The name under a key; null if there is none or it has errors. */
export function nameIn(mapping: Tree, key: string, scope: Scope): { name: string; tree: Tree } | null {
  const tree = entryOf(mapping, key)?.value;
  const name = tree && substitute(tree, scope).value;
  return tree && typeof name === 'string' ? { name, tree } : null;
}

/** A text as written. If it contains the name of a param, a warning says that it is not replaced. */
function asText({ value, at }: Tree & { kind: 'leaf' }, { params, usedParams, problems }: Scope): Json {
  const names =
    typeof value === 'string' && value.includes('$') ? [...value.matchAll(/\$\{?([a-z][\w-]*)/g)].map(([, name = '']) => name) : [];
  const named = names.find((name) => params.has(name));
  if (named === undefined) return value;
  usedParams.add(named);
  problems.push({
    code: 'E0125',
    severity: 'warning',
    at,
    message: `the text contains $${named}, which is not replaced`,
    hint: wholeValue,
  });
  return value;
}

/** Names of the params in a tree, sorted. */
export function paramsIn(tree: Tree | undefined): string[] {
  const names = new Set<string>();
  const visit = (part: Tree): void => {
    if (part.kind === 'list') part.items.forEach(visit);
    else if (part.kind === 'map') for (const { value } of part.entries.values()) visit(value);
    else names.add(paramNameOf(part.value) ?? '');
  };
  if (tree) visit(tree);
  names.delete('');
  return [...names].sort();
}

/** The param that a tree names as `$name`, marked as used. */
export function paramOf(tree: Tree, { params, usedParams }: Scope): Param | null {
  const name = tree.kind === 'leaf' ? paramNameOf(tree.value) : null;
  if (name === null) return null;
  usedParams.add(name);
  return params.get(name) ?? null;
}

/** Where a wrong value comes from: its own place, or for `$name` the place that gives the param its value. */
export function blameOf(tree: Tree, scope: Scope): { at: Place; related: NonNullable<Problem['related']> } {
  const param = paramOf(tree, scope);
  if (!param) return { at: tree.at, related: [] };
  const { name, from, at } = param;
  const origin = from.kind === 'set' && !from.at ? ', its value comes from --set' : '';
  return { at: from.at ?? at, related: [{ message: `$${name} is used here${origin}`, at: tree.at }] };
}

function substituteLeaf(tree: Tree & { kind: 'leaf' }, scope: Scope): Json | undefined {
  const name = paramNameOf(tree.value);
  if (name === null) return tree.broken ? undefined : asText(tree, scope);
  const param = paramOf(tree, scope);
  if (param) return param.value ?? undefined;
  scope.problems.push(unknownReference(name, tree.at, scope.params));
  return undefined;
}
