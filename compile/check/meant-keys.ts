import type { ErrorObject } from 'ajv';
import type { SchemaObject } from '../../schemas/index.ts';
import { nearName } from '../diagnostics/near.ts';
import { locate, type Entry, type Tree } from '../read/tree.ts';
import { homeOf, nameFrom, pathOf } from './violations.ts';

/** Misspelt keys and the keys that were probably meant, by the mapping that contains them. */
type MeantKeys = Map<Tree, Map<string, string>>;

/** The most unknown keys of one mapping for which a similar name is searched. */
const most = 50;

/**
 * Finds keys that are misspelt or malformed. Each is reported as one mistake, and its value is checked under the key that was
 * probably meant.
 */
export function meantKeys(root: Tree, errors: ErrorObject[]): MeantKeys {
  const meant: MeantKeys = new Map();
  const others = new Map<Tree, number>();
  for (const error of errors) {
    if (error.keyword !== 'pattern' && error.keyword !== 'additionalProperties') continue;
    const given = givenKey(error);
    const tree = given === null ? undefined : locate(root, pathOf(error))?.tree;
    if (given === null || tree?.kind !== 'map') continue;
    const keys = meant.get(tree) ?? new Map<string, string>();
    if (keys.size >= most || (others.get(tree) ?? 0) >= most) continue;
    const isFree = (name: string): boolean => !tree.entries.has(name) && ![...keys.values()].includes(name);
    const name = error.keyword === 'pattern' ? nameFrom(given, error) : nearName(given, knownKeys(error).filter(isFree));
    if (name === null) others.set(tree, (others.get(tree) ?? 0) + 1);
    if (name !== null && isFree(name)) meant.set(tree, keys.set(given, name));
  }
  return meant;
}

/** The key that an error is about, if it may be a misspelling of another one. */
export function givenKey(error: ErrorObject): string | null {
  if (error.keyword === 'pattern') return error.propertyName ?? null;
  return error.keyword === 'additionalProperties' && homeOf(error) === null
    ? String((error.params as { additionalProperty: string }).additionalProperty)
    : null;
}

/** The tree with keys renamed to those that were meant, at their places. */
export function withMeantKeys(tree: Tree, meant: MeantKeys): Tree {
  if (tree.kind === 'leaf') return tree;
  if (tree.kind === 'list') return { ...tree, items: tree.items.map((item) => withMeantKeys(item, meant)) };
  const names = meant.get(tree);
  const entries = [...tree.entries].map(([name, { key, value }]): [string, Entry] => [
    names?.get(name) ?? name,
    { key, value: withMeantKeys(value, meant) },
  ]);
  return { ...tree, entries: new Map(entries) };
}

function knownKeys({ parentSchema }: ErrorObject): string[] {
  return Object.keys((parentSchema as SchemaObject | undefined)?.['properties'] ?? {});
}
