/** Part of every key under which signatures are kept: raise it when the same text gives another signature. */
export const signatureVersion = 1;

/** Values of a signature, each of 24 bits. */
export const slots = 256;

/** Bands of a signature, and slots of a band: files that agree in one band are compared. */
export const bands = 32;
const slotsOfBand = slots / bands;

/** Parts into which the hashes of a band are divided. */
export const buckets = 256;

const tokensOfShingle = 5;

/** Rounds that give every element one slot each, before slots that are still empty look at all elements. */
const rounds = 3;

/** A multiplier for polynomials of tokens, and its power for the token that leaves a shingle. */
const base = 0x2c1b3c6d;
const leaving = powerOf(base, tokensOfShingle - 1);

const empty = 0xffffffff;

/**
 * Hashes of every run of five tokens, in the order of the text, repeated ones included. A token is a longest run of ASCII letters,
 * digits and `_`; everything else only separates. None for a text of fewer tokens.
 */
export function shinglesOf(text: string): Uint32Array {
  const tokens = tokenHashes(text);
  const shingles = new Uint32Array(Math.max(0, tokens.length - tokensOfShingle + 1));
  let hash = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    if (at >= tokensOfShingle) hash = (hash - Math.imul(tokens[at - tokensOfShingle] ?? 0, leaving)) | 0;
    hash = (Math.imul(hash, base) + (tokens[at] ?? 0)) | 0;
    if (at >= tokensOfShingle - 1) shingles[at - tokensOfShingle + 1] = mixed(hash);
  }
  return shingles;
}

/**
 * The signature of a set of shingles by fast similarity sketching: two sets agree in a slot about as often as they share an element.
 * The order of the shingles and repeated ones change nothing. Null for no shingles.
 */
export function signatureOf(shingles: Uint32Array): Uint32Array | null {
  if (shingles.length === 0) return null;
  const signature = new Uint32Array(slots).fill(empty);
  let left = slots;
  for (let round = 0; round < rounds && left > 0; round += 1) left = fillRound(signature, shingles, round);
  for (let slot = 0; slot < slots && left > 0; slot += 1) if (signature[slot] === empty) signature[slot] = leastOf(shingles, slot);
  return signature;
}

/** Lets every element into one of the slots that were empty before the round; the least stays. Returns how many are empty after it. */
function fillRound(signature: Uint32Array, shingles: Uint32Array, round: number): number {
  const before = round === 0 ? null : signature.slice();
  const seed = mixed(0x51ed270b + round);
  for (let at = 0; at < shingles.length; at += 1) {
    const hash = mixed((shingles[at] ?? 0) ^ seed);
    const slot = hash >>> 24;
    const value = hash & 0xffffff;
    if (value < (signature[slot] ?? 0) && (before === null || before[slot] === empty)) signature[slot] = value;
  }
  return signature.reduce((sum, value) => sum + (value === empty ? 1 : 0), 0);
}

/** The least value that any element has in a slot of its own hash function. */
function leastOf(shingles: Uint32Array, slot: number): number {
  const seed = mixed(0x6a09e667 + slot);
  let least = empty;
  for (let at = 0; at < shingles.length; at += 1) least = Math.min(least, mixed((shingles[at] ?? 0) ^ seed) >>> 8);
  return least;
}

/** One byte of each slot: what similarities are estimated by. */
export function bytesOfSignature(signature: Uint32Array): Uint8Array {
  return Uint8Array.from(signature, (value) => value & 0xff);
}

/** The hash of a band, with the bucket that it falls into; files of different languages never agree. */
export function bandHash(signature: Uint32Array, band: number, language: number): { hash: number; bucket: number } {
  let [one, other] = [language ^ band, mixed(language + band)];
  for (let slot = band * slotsOfBand; slot < (band + 1) * slotsOfBand; slot += 1) {
    one = Math.imul(one ^ (signature[slot] ?? 0), 0x01000193);
    other = mixed(other + (signature[slot] ?? 0));
  }
  return { hash: mixed(one), bucket: other & (buckets - 1) };
}

/** A number for the name of a language. */
export function languageHash(language: string): number {
  return mixed([...language].reduce((hash, letter) => Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193), 0x811c9dc5));
}

/** Bytes that two signatures share, from 0 to the number of slots. */
export function matchesOf(one: Uint8Array, other: Uint8Array): number {
  let matches = 0;
  for (let slot = 0; slot < slots; slot += 1) if (one[slot] === other[slot]) matches += 1;
  return matches;
}

/** The Jaccard similarity of two sets that share so many bytes, less the bytes that are equal by chance. */
export function similarityOf(matches: number): number {
  return Math.max(0, (matches / slots - 1 / 256) / (1 - 1 / 256));
}

function tokenHashes(text: string): Uint32Array {
  let hashes = new Uint32Array(Math.ceil(text.length / 4) + 1);
  let count = 0;
  let hash = 0;
  let inside = false;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : 0;
    if (code < 128 && isWord[code] === 1) {
      hash = Math.imul(hash ^ code, 0x01000193);
      inside = true;
    } else if (inside) {
      if (count === hashes.length) hashes = grown(hashes);
      hashes[count] = mixed(hash);
      count += 1;
      hash = 0;
      inside = false;
    }
  }
  return hashes.subarray(0, count);
}

function grown(hashes: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(hashes.length * 2);
  larger.set(hashes);
  return larger;
}

/** By ASCII code: 1 for a letter, a digit and `_`. */
const isWord = Uint8Array.from({ length: 128 }, (_, code) => (/\w/.test(String.fromCharCode(code)) ? 1 : 0));

/** Spreads every bit of a 32-bit number over all of them: the finalizer of MurmurHash3. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function powerOf(number: number, exponent: number): number {
  return exponent === 0 ? 1 : Math.imul(number, powerOf(number, exponent - 1));
}
