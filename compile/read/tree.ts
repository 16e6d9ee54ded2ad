import type { Json, JsonObject } from '../../plan/index.ts';
import type { Place } from '../diagnostics/source.ts';

/** A YAML document as plain data with places. Keys are text, numbers are exact, and there are no references. */
export type Tree = Leaf | ListTree | MapTree;

export interface Leaf {
  kind: 'leaf';
  at: Place;
  value: string | number | boolean | null;
  /** Already reported: no further problem is reported for it. */
  broken?: true;
}

export interface ListTree {
  kind: 'list';
  at: Place;
  /** Where else its items are written, if it was merged from several files. */
  also?: Place[];
  items: Tree[];
}

export interface MapTree {
  kind: 'map';
  at: Place;
  /** Where else its entries are written, if it was merged from several files. */
  also?: Place[];
  entries: Map<string, Entry>;
}

export interface Entry {
  key: Place;
  value: Tree;
}

/** The plain value of a tree. */
export function toJson(tree: Tree): Json {
  if (tree.kind === 'leaf') return tree.value;
  if (tree.kind === 'list') return tree.items.map(toJson);
  const values: JsonObject = {};
  for (const [key, { value }] of tree.entries) values[key] = toJson(value);
  return values;
}

/** The value under a key, if the tree is a mapping that has it. */
export function entryOf(tree: Tree | undefined, key: string): Entry | undefined {
  return tree?.kind === 'map' ? tree.entries.get(key) : undefined;
}

/** The entries of a mapping under a key; none if the key is missing or not a mapping. */
export function entriesOf(tree: Tree | undefined, key: string): [string, Entry][] {
  const value = entryOf(tree, key)?.value;
  return value?.kind === 'map' ? [...value.entries] : [];
}

/** The plain values of a list, or a single plain value; nested maps and lists are left out. */
export function leavesOf(tree: Tree | undefined): Leaf[] {
  return (tree?.kind === 'list' ? tree.items : [tree]).filter((each) => each?.kind === 'leaf');
}

/** A plain value as text; empty for anything else. */
export function textOfLeaf(tree: Tree | undefined): string {
  return tree?.kind === 'leaf' ? String(tree.value) : '';
}

/** The tree at a path, and the key that leads to it. */
export function locate(root: Tree, path: string[]): { tree: Tree; key: Place | null } | null {
  let tree = root;
  let key: Place | null = null;
  for (const part of path) {
    const entry = entryOf(tree, part);
    const next = entry?.value ?? (tree.kind === 'list' ? tree.items[Number(part)] : undefined);
    if (!next) return null;
    key = entry?.key ?? null;
    tree = next;
  }
  return { tree, key };
}

/** A tree's own place, or that of its key if it is a mapping or has no text. */
export function placeOfTree({ tree, key }: { tree: Tree; key: Place | null }): Place {
  return key && (tree.kind === 'map' || tree.at.end <= tree.at.start) ? key : tree.at;
}

/** A tree and everything below it. */
export function* valuesIn(tree: Tree): Generator<Tree> {
  yield tree;
  const parts = tree.kind === 'list' ? tree.items : tree.kind === 'map' ? [...tree.entries.values()].map(({ value }) => value) : [];
  for (const part of parts) yield* valuesIn(part);
}

/** The leaf at exactly this place. */
export function leafAt(tree: Tree, place: Place): Leaf | null {
  if (tree.kind === 'leaf') return isSamePlace(tree.at, place) ? tree : null;
  const parts = tree.kind === 'list' ? tree.items : [...tree.entries.values()].map(({ value }) => value);
  for (const part of parts) {
    const found = leafAt(part, place);
    if (found) return found;
  }
  return null;
}

function isSamePlace(one: Place, other: Place): boolean {
  return one.start === other.start && one.end === other.end && one.file === other.file;
}
