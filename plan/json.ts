/** Plain JSON, the only shape a plan, a manifest or a message may have. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** Lower-case hex SHA-256 of some bytes. */
export type Digest = string;

/** Whether two JSON values are the same; the order of keys means nothing. */
export function isEqualJson(a: Json, b: Json): boolean {
  if (isJsonObject(a) && isJsonObject(b)) {
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    return keys.every((key) => Object.hasOwn(b, key) && isEqualJson(a[key] as Json, b[key] as Json));
  }
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((item, index) => isEqualJson(item, b[index] as Json));
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON in UTF-8 as a value, taken to be of the type that its writer gave it. */
export function parseJson<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
