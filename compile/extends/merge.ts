import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, oneOf } from '../diagnostics/near.ts';
import type { Place } from '../diagnostics/source.ts';
import { entriesOf, entryOf, textOfLeaf, valuesIn, type Entry, type Leaf, type ListTree, type MapTree, type Tree } from '../read/tree.ts';

/**
 * Merges a file over its base: mappings by key and claims by id; lists and plain values replace, and `null` removes an entry of the
 * base. Removing a sweep removes the base's claims and views about it. Keys keep the order of the base, and new ones follow. A
 * merged tree has its place in the upper file and remembers its other places.
 */
export function mergeTrees(base: Tree, over: Tree, { problems, removed }: Findings): Tree {
  const merged = file(withClaims(base, over), over, { problems, removed, name: 'the file' });
  if (merged.kind !== 'map') return merged;
  for (const name of ['codepmp', 'extends', 'config']) {
    const own = entryOf(over, name);
    if (own) merged.entries.set(name, own);
    else merged.entries.delete(name);
  }
  dropClaims(merged, base, removed);
  dropViews(merged, base, removed);
  return merged;
}

/**
 * Removes the unchanged views of the base that show sweeps that are removed, or the one cell of a base without sweeps where the
 * upper file makes different ones of it.
 */
function dropViews(merged: MapTree, base: Tree, removed: Findings['removed']): void {
  const list = entryOf(merged, 'views');
  const before = new Map(entriesOf(base, 'views'));
  if (list?.value.kind !== 'map') return;
  const sweeps = entriesOf(base, 'sweeps').length > 0 ? [] : entriesOf(merged, 'sweeps');
  const isVaried = sweeps.some(([, { value }]) => value.kind === 'map' && [...value.entries.keys()].some((key) => !plainKeys.has(key)));
  const isDropped = ([name, { value }]: [string, Entry]): boolean => {
    const shown = sweepsIn(value);
    if (before.get(name)?.value !== value) return false;
    return (isVaried && shown.length === 0) || shown.some((each) => removed.has(`sweeps.${each}`));
  };
  const kept = new Map([...list.value.entries].filter((entry) => !isDropped(entry)));
  merged.entries.set('views', { ...list, value: { ...list.value, entries: kept } });
}

/** Keys of a sweep whose cells differ in their seed alone. */
const plainKeys = new Set(['seeds', 'description']);

/** Sweeps that a view names, as a whole or for some of its cells. */
function sweepsIn(tree: Tree): string[] {
  return [...valuesIn(tree)].flatMap((each) => textOfLeaf(entryOf(each, 'sweep')?.value) || []);
}

/** Removes the unchanged claims of the base about sweeps that are removed. */
function dropClaims(merged: MapTree, base: Tree, removed: Findings['removed']): void {
  const list = entryOf(merged, 'claims');
  const before = entryOf(base, 'claims')?.value;
  if (list?.value.kind !== 'list' || before?.kind !== 'list') return;
  const untouched = new Set(before.items);
  const isDropped = (claim: Tree): boolean => {
    const sweep = entryOf(claim, 'sweep')?.value;
    return untouched.has(claim) && sweep?.kind === 'leaf' && removed.has(`sweeps.${String(sweep.value)}`);
  };
  merged.entries.set('claims', { ...list, value: { ...list.value, items: list.value.items.filter((claim) => !isDropped(claim)) } });
}

/** What was found on the way. */
export interface Findings {
  problems: Problem[];
  /** Where null removes an entry of a base, by path: `steps.half`. */
  removed: Map<string, Place>;
}

interface MergeContext extends Findings {
  /** What is merged, in words. */
  name: string;
}

/** Merges a value that both files have. */
type Rule = (base: Tree, over: Tree, context: MergeContext) => Tree;

interface KeyOptions {
  /** Whether null removes this entry; otherwise null is an ordinary value. */
  removes: (name: string) => boolean;
  /** Whether an entry that only the upper file has is complete. */
  isWhole?: (value: Tree) => boolean;
}

/** The most problems that are reported: a file that does not match its base at all is one mistake, and suggestions take time. */
const reported = 100;

function addProblem(problems: Problem[], problem: () => Problem): void {
  if (problems.length < reported) problems.push(problem());
}

function byKey(ruleOf: (name: string) => Rule, { removes, isWhole = () => true }: KeyOptions): Rule {
  return (base, over, { problems, removed, name: parent }) => {
    if (base.kind !== 'map' || over.kind !== 'map') return over;
    const entries = new Map(base.entries);
    for (const [name, entry] of over.entries) {
      const before = base.entries.get(name);
      const path = parent === 'the file' ? name : `${parent}.${name}`;
      if (isNull(entry.value) && removes(name)) {
        if (entries.delete(name)) removed.set(path, entry.key);
        else addProblem(problems, () => nothingToRemove(name, entry.key, { parent, names: [...base.entries.keys()].filter(removes) }));
      } else if (before) {
        entries.set(name, { key: entry.key, value: ruleOf(name)(before.value, entry.value, { problems, removed, name: path }) });
      } else if (isWhole(entry.value)) {
        entries.set(name, entry);
      } else {
        addProblem(problems, () => nothingToChange(name, entry.key, { parent, names: [...base.entries.keys()] }));
        entries.set(name, { key: entry.key, value: { kind: 'leaf', at: entry.value.at, value: null, broken: true } });
      }
    }
    return { kind: 'map', at: over.at, also: alsoOf(base, over), entries };
  };
}

const always = (): boolean => true;
const never = (): boolean => false;
const replaced: Rule = (_, over) => over;
const entries = byKey(() => replaced, { removes: always });
const settings: Rule = byKey(() => settings, { removes: never });
const operational: Rule = byKey(() => operational, { removes: always });
const metric: Rule = (base, over, context) => entries(withoutRivals(base, over), over, context);
const claim = byKey((name) => (name === 'metric' ? metric : replaced), { removes: always });
const sweep = byKey((name) => (axes.has(name) ? entries : replaced), { removes: always });
const view = byKey((name) => (name === 'of' ? entries : replaced), { removes: always });
const group = byKey(() => entries, { removes: always });
const axes = new Set(['grid', 'zip', 'baseline', 'vary']);

/** A plain value is the new default; another type or another enum replaces the param. */
const param: Rule = (base, over, context) => {
  if (over.kind === 'leaf' && base.kind === 'map' && !isNull(over) && !over.broken) return withDefault(base, over);
  const kind = entryOf(over, 'type')?.value;
  const before = entryOf(base, 'type')?.value;
  const isOther = kind ? !isEqual(kind, before) : entryOf(over, 'enum') !== undefined && before !== undefined;
  return isOther ? over : entries(base, over, context);
};

/** A step of another kind replaces the step. */
const step: Rule = (base, over, context) => {
  const kind = entryOf(over, 'uses')?.value;
  return kind && !isEqual(kind, entryOf(base, 'uses')?.value) ? over : stepKeys(base, over, context);
};

const stepKeys = byKey((name) => (name === 'with' ? settings : name === 'run' ? operational : replaced), {
  removes: (name) => name !== 'uses',
});

/** Claims are a list in which ids distinguish them; a file that extends another may also write them by id, and remove some. */
const claims: Rule = (base, over, { problems, removed, name: parent }) => {
  if (base.kind !== 'list' || over.kind === 'leaf') return over;
  const items: (Tree | null)[] = [...base.items];
  const places = new Map(base.items.map((item, index) => [idOfClaim(item), index] as const).reverse());
  const there = new Set(base.items.map(idOfClaim));
  for (const [id, { key, value }] of claimEntries(over)) {
    const place = places.get(id);
    const before = place === undefined ? undefined : items[place];
    if (place !== undefined && before && isNull(value)) {
      items[place] = null;
      there.delete(id);
      removed.set(`${parent}.${id}`, key);
    } else if (place !== undefined && before)
      items[place] = claim(withoutRivals(before, value), value, { problems, removed, name: `${parent}.${id}` });
    else if (isNull(value)) addProblem(problems, () => nothingToRemove(id, key, { parent, names: [...there] }));
    else if (id !== '' && value.kind === 'map' && !hasOne(value, ['metric']))
      addProblem(problems, () => nothingToChange(id, key, { parent, names: [...there] }));
    else {
      places.set(id, items.push(withId(id, { key, value })) - 1);
      there.add(id);
    }
  }
  return { kind: 'list', at: over.at, also: alsoOf(base, over), items: items.filter((item) => item !== null) };
};

function claimEntries(over: ListTree | MapTree): [id: string, Entry][] {
  if (over.kind === 'map') return [...over.entries];
  return over.items.map((item) => [idOfClaim(item), { key: entryOf(item, 'id')?.value.at ?? item.at, value: item }]);
}

/** The id of a claim; empty if it has none, which the schema reports. */
function idOfClaim(item: Tree): string {
  const id = entryOf(item, 'id')?.value;
  return id?.kind === 'leaf' && typeof id.value === 'string' ? id.value : '';
}

function withId(id: string, { key, value }: Entry): Tree {
  if (value.kind !== 'map' || hasOne(value, ['id'])) return value;
  return { ...value, entries: new Map([['id', { key, value: { kind: 'leaf', at: key, value: id } }], ...value.entries]) };
}

/** The base with an empty list of claims, if it has none and the upper file writes some. */
function withClaims(base: Tree, over: Tree): Tree {
  const own = entryOf(over, 'claims');
  if (base.kind !== 'map' || own?.value.kind !== 'map' || base.entries.has('claims')) return base;
  const none: Entry = { key: own.key, value: { kind: 'list', at: own.value.at, items: [] } };
  return { ...base, entries: new Map([...base.entries, ['claims', none]]) };
}

/** Keys of a claim and of its metric that exclude others. */
const rivals: { readonly [key: string]: string[] } = {
  above: ['below', 'near', 'within'],
  below: ['above', 'near', 'within'],
  near: ['above', 'below', 'margin'],
  step: ['steps'],
  steps: ['step'],
};

/** The base without the keys that a key of the upper file excludes: whoever turns `above` into `below` means only one of them. */
function withoutRivals(base: Tree, over: Tree): Tree {
  if (base.kind !== 'map' || over.kind !== 'map') return base;
  const excluded = [...over.entries].flatMap(([name, { value }]) => (isNull(value) ? [] : (rivals[name] ?? [])));
  const dropped = new Set(excluded.filter((name) => !over.entries.has(name)));
  return { ...base, entries: new Map([...base.entries].filter(([name]) => !dropped.has(name))) };
}

const sections: { readonly [name: string]: Rule } = {
  params: byKey(() => param, {
    removes: always,
    isWhole: (value) => value.kind !== 'leaf' && (value.kind === 'list' || hasOne(value, ['type', 'enum'])),
  }),
  models: byKey(() => entries, { removes: always, isWhole: (value) => value.kind !== 'map' || hasOne(value, ['endpoint']) }),
  steps: byKey(() => step, { removes: always, isWhole: (value) => value.kind !== 'map' || hasOne(value, ['uses']) }),
  alternatives: byKey(() => group, { removes: always }),
  sweeps: byKey(() => sweep, { removes: always }),
  claims,
  views: byKey(() => view, { removes: always }),
  budget: entries,
};

const optional = new Set(['params', 'models', 'alternatives', 'sweeps', 'claims', 'views', 'targets', 'budget']);
const file = byKey((name) => (Object.hasOwn(sections, name) ? (sections[name] ?? replaced) : replaced), {
  removes: (name) => optional.has(name),
});

function withDefault(base: MapTree, leaf: Leaf): MapTree {
  const own = new Map(base.entries).set('default', { key: leaf.at, value: leaf });
  return { kind: 'map', at: leaf.at, also: alsoOf(base, leaf), entries: own };
}

function alsoOf(base: MapTree | ListTree, over: Tree): Place[] {
  return [...(over.kind === 'leaf' ? [] : (over.also ?? [])), base.at, ...(base.also ?? [])];
}

function isNull(tree: Tree): boolean {
  return tree.kind === 'leaf' && tree.value === null && !tree.broken;
}

function isEqual(one: Tree, other: Tree | undefined): boolean {
  return one.kind === 'leaf' && other?.kind === 'leaf' && one.value === other.value;
}

function hasOne(value: Tree, keys: string[]): boolean {
  return keys.some((key) => entryOf(value, key) !== undefined);
}

interface AbsentEntry {
  /** The mapping that would contain the entry. */
  parent: string;
  /** The entries it has. */
  names: string[];
}

function nothingToRemove(name: string, at: Place, { parent, names }: AbsentEntry): Problem {
  return {
    code: 'E0204',
    at,
    message: `cannot remove ${name}: the extended file does not have it${parent === 'the file' ? '' : ` in ${parent}`}`,
    expected: oneOf(names),
    got: name,
    hint: didYouMean(name, names, 'remove the line'),
  };
}

const wholes: { readonly [parent: string]: string } = {
  params: 'a new param needs a type or an enum',
  models: 'a new model needs an endpoint',
  steps: 'a new step needs uses',
  claims: 'a new claim needs a metric',
};

function nothingToChange(name: string, at: Place, { parent, names }: AbsentEntry): Problem {
  return {
    code: 'E0205',
    at,
    message: `cannot change ${name}: the extended file does not have it in ${parent}`,
    expected: oneOf(names),
    got: name,
    hint: didYouMean(name, names, wholes[parent]),
  };
}
