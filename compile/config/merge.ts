import type { JsonObject } from '../../plan/index.ts';
import { isJsonObject } from '../../plan/json.ts';
import { builtInConfig } from './built-in.ts';

/**
 * The written configuration over the built-in one, key by key. A declaration that changes its location (a URL, a path, other
 * weights) keeps nothing that held for the old one.
 */
export function mergeConfig(written: JsonObject): JsonObject {
  return merge(builtInConfig as JsonObject, written);
}

/** Key that moves a declaration → keys of the old one that no longer hold. */
const replaced: { [key: string]: readonly string[] } = {
  url: ['serve', 'model', 'identity', 'price'],
  path: ['built_in', 'identity', 'parameters'],
  built_in: ['path', 'identity', 'parameters'],
  weights: ['identity'],
};

function merge(below: JsonObject, above: JsonObject): JsonObject {
  const dropped = new Set(Object.keys(above).flatMap((key) => (Object.hasOwn(replaced, key) ? (replaced[key] ?? []) : [])));
  if (isJsonObject(above['serve']) && 'weights' in above['serve']) dropped.add('identity');
  const kept = Object.fromEntries(Object.entries(below).filter(([key]) => !dropped.has(key)));
  for (const [key, value] of Object.entries(above)) {
    const old = kept[key];
    kept[key] = isJsonObject(old) && isJsonObject(value) ? merge(old, value) : value;
  }
  return kept;
}
