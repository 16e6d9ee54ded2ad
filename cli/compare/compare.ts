import { isEqualJson, isJsonObject, type Json, type JsonObject } from '../../plan/json.ts';

/** A difference between two JSON values: added if there is no `before`, removed if there is no `after`. */
export interface ValueChange {
  /** Keys from the root; empty if the values differ as a whole. */
  path: string[];
  before?: Json;
  after?: Json;
}

/** Differences between two values, sorted by path. A list counts as one value. */
export function compareJson(before: Json, after: Json): ValueChange[] {
  if (isJsonObject(before) && isJsonObject(after)) return compareObjects(before, after, []);
  return isEqualJson(before, after) ? [] : [{ path: [], before, after }];
}

function compareObjects(before: JsonObject, after: JsonObject, path: string[]): ValueChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key): ValueChange[] => {
    const here = [...path, key];
    if (!Object.hasOwn(before, key)) return [{ path: here, after: after[key] as Json }];
    if (!Object.hasOwn(after, key)) return [{ path: here, before: before[key] as Json }];
    const [old, now] = [before[key] as Json, after[key] as Json];
    if (isJsonObject(old) && isJsonObject(now)) return compareObjects(old, now, here);
    return isEqualJson(old, now) ? [] : [{ path: here, before: old, after: now }];
  });
}
