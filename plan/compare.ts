import type { Json, JsonObject } from './json.ts';

/** A value that differs between two JSON values. Without `before` it was added, without `after` removed. */
export interface Change {
  /** Keys from the root; empty where the values differ as a whole. */
  path: string[];
  before?: Json;
  after?: Json;
}

/** What differs between two values, by path and sorted by it. Lists are compared as a whole: they are read as one setting. */
export function compareJson(before: Json, after: Json): Change[] {
  if (isObject(before) && isObject(after)) return compareObjects(before, after, []);
  return isEqualJson(before, after) ? [] : [{ path: [], before, after }];
}

/** The first value with changes made to it; the changes of `compareJson(a, b)` make `b` of `a`. */
export function applyChanges(value: Json, changes: Change[]): Json {
  const [first] = changes;
  if (first?.path.length === 0) return first.after ?? null;
  const copy = structuredClone(value) as JsonObject;
  for (const change of changes) applyTo(copy, change);
  return copy;
}

/** Whether two JSON values are the same; the order of keys means nothing. */
export function isEqualJson(a: Json, b: Json): boolean {
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    return keys.every((key) => Object.hasOwn(b, key) && isEqualJson(a[key] as Json, b[key] as Json));
  }
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((item, index) => isEqualJson(item, b[index] as Json));
}

function compareObjects(before: JsonObject, after: JsonObject, path: string[]): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key): Change[] => {
    const here = [...path, key];
    if (!Object.hasOwn(before, key)) return [{ path: here, after: after[key] as Json }];
    if (!Object.hasOwn(after, key)) return [{ path: here, before: before[key] as Json }];
    const [old, now] = [before[key] as Json, after[key] as Json];
    if (isObject(old) && isObject(now)) return compareObjects(old, now, here);
    return isEqualJson(old, now) ? [] : [{ path: here, before: old, after: now }];
  });
}

function applyTo(root: JsonObject, { path, after }: Change): void {
  const last = path.at(-1) ?? '';
  const holder = path.slice(0, -1).reduce<JsonObject>((at, key) => at[key] as JsonObject, root);
  if (after === undefined) delete holder[last];
  else Object.defineProperty(holder, last, { value: after, enumerable: true, writable: true, configurable: true });
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
