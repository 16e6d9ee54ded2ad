/**
 * Keeps what was made for a key: asked for it again, it gives the same value and makes nothing. At most `most` values are kept, those
 * asked for last (default: all). A promise that rejects is forgotten.
 */
export function createKept<Key, Value>(most = Infinity): (key: Key, make: () => Value) => Value {
  const values = new Map<Key, Value>();
  return (key, make) => {
    const value = values.has(key) ? (values.get(key) as Value) : make();
    values.delete(key);
    values.set(key, value);
    if (value instanceof Promise) value.catch(() => values.delete(key));
    if (values.size > most) values.delete(values.keys().next().value as Key);
    return value;
  };
}
