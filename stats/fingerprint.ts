/**
 * 64 bits over a list of texts, to tell whether two results were measured on the same items in the same order. Not
 * cryptographic: it guards against mistakes, not against intent.
 */
export function fingerprint(texts: Iterable<string>): string {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  const mix = (unit: number): void => {
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + (low >>> 16)), 0x5bd1e995);
    high ^= high >>> 15;
  };
  for (const text of texts) {
    for (let index = 0; index < text.length; index += 1) mix(text.charCodeAt(index));
    mix(0x10000 + text.length);
  }
  return hex(high) + hex(low);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
