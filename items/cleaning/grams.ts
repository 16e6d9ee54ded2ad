/** Hashes of 64 bits, in two halves: a million of them do not meet by chance. */
export interface WideHashes {
  high: Uint32Array;
  low: Uint32Array;
}

/** Multipliers for the letters of a word, and for the words of a run, one for each half. */
const [letterHigh, letterLow] = [0x01000193, 0x5bd1e995];
const [wordHigh, wordLow] = [0x2c1b3c6d, 0x297a2d39];

/** The words of a text in lower case: longest runs of ASCII letters, digits and `_`. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z\d_]+/g) ?? [];
}

/** Hashes of the words of a text, the same as of its words in lower case. */
export function wordHashes(text: string): WideHashes {
  const hashes = { high: new Uint32Array(text.length / 2 + 1), low: new Uint32Array(text.length / 2 + 1) };
  let count = 0;
  let [high, low, isInside] = [0, 0, false];
  for (let at = 0; at <= text.length; at += 1) {
    const code = lowered[text.charCodeAt(at)] ?? 0;
    if (code !== 0) {
      high = Math.imul(high ^ code, letterHigh);
      low = Math.imul(low + code, letterLow);
      isInside = true;
    } else if (isInside) {
      hashes.high[count] = mixedBits(high);
      hashes.low[count] = mixedBits(low);
      count += 1;
      [high, low, isInside] = [0, 0, false];
    }
  }
  return { high: hashes.high.subarray(0, count), low: hashes.low.subarray(0, count) };
}

/** By ASCII code: the code in lower case of a letter, a digit or `_`; 0 of what separates words. */
const lowered = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /\w/.test(character) ? character.toLowerCase().charCodeAt(0) : 0;
});

/** Hashes of every run of so many words, in order. */
export function runHashes(words: WideHashes, size: number): WideHashes {
  return { high: halfOfRuns(words.high, size, wordHigh), low: halfOfRuns(words.low, size, wordLow) };
}

/** Hashes of runs, each made of the one before by one word that leaves it and one that enters. */
function halfOfRuns(words: Uint32Array, size: number, base: number): Uint32Array {
  const runs = new Uint32Array(Math.max(0, words.length - size + 1));
  const leaving = powerOf(base, size);
  let hash = 0;
  for (let at = 0; at < words.length; at += 1) {
    hash = (Math.imul(hash, base) + (words[at] ?? 0)) | 0;
    if (at >= size) hash = (hash - Math.imul(words[at - size] ?? 0, leaving)) | 0;
    if (at >= size - 1) runs[at - size + 1] = mixedBits(hash);
  }
  return runs;
}

function powerOf(base: number, exponent: number): number {
  return exponent === 0 ? 1 : Math.imul(base, powerOf(base, exponent - 1));
}

/** Spreads every bit over all of them. */
function mixedBits(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
