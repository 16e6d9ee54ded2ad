/** Bytes of a value in a message. */
export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** The first values that together take at most this many bytes; at least one. */
export function fitting<T>(values: T[], bytes: number): T[] {
  let left = bytes;
  let count = 0;
  for (const value of values) {
    left -= bytesOf(value) + 1;
    if (left < 0 && count > 0) break;
    count++;
  }
  return values.slice(0, count);
}
