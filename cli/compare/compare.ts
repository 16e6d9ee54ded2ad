import { isEqualJson, isJsonObject } from '../../plan/json.ts';
import type { Json, JsonObject } from '../../plan/json.ts';

/** A value that differs between two JSON values. Without `before` it was added, without `after` removed. */
export interface Change {
  /** Keys from the root; empty where the values differ as a whole. */
  path: string[];
  before?: Json;
  after?: Json;
}

/** What differs between two values, by path and sorted by it. Lists are compared as a whole: they are read as one setting. */
export function compareJson(before: Json, after: Json): Change[] {
  if (isJsonObject(before) && isJsonObject(after)) return compareObjects(before, after, []);
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

function compareObjects(before: JsonObject, after: JsonObject, path: string[]): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key): Change[] => {
    const here = [...path, key];
    if (!Object.hasOwn(before, key)) return [{ path: here, after: after[key] as Json }];
    if (!Object.hasOwn(after, key)) return [{ path: here, before: before[key] as Json }];
    const [old, now] = [before[key] as Json, after[key] as Json];
    if (isJsonObject(old) && isJsonObject(now)) return compareObjects(old, now, here);
    return isEqualJson(old, now) ? [] : [{ path: here, before: old, after: now }];
  });
}

function applyTo(root: JsonObject, { path, after }: Change): void {
  const last = path.at(-1) ?? '';
  const holder = path.slice(0, -1).reduce<JsonObject>((at, key) => at[key] as JsonObject, root);
  if (after === undefined) delete holder[last];
  else Object.defineProperty(holder, last, { value: after, enumerable: true, writable: true, configurable: true });
}
