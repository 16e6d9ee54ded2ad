/** Words in a row that two texts hardly share by chance. */
const run = 13;

/**
 * Finds the test texts that training has as well: the whole text, or so many words in a row, whatever their case and
 * punctuation. Training texts are shown one by one.
 */
export function findOverlap(test: readonly string[]): Overlap {
  const texts = test.map(runsOf);
  const wanted = new Set(texts.flat());
  const seen = new Set<string>();
  return {
    see(text) {
      for (const each of runsOf(text)) if (wanted.has(each)) seen.add(each);
    },
    counts() {
      const equal = texts.filter(([whole = '']) => seen.has(whole)).length;
      return { of: texts.length, equal, similar: texts.filter((runs) => runs.some((each) => seen.has(each))).length - equal };
    },
  };
}

interface Overlap {
  see(text: string): void;
  counts(): { of: number; equal: number; similar: number };
}

/** The whole text first, then its runs of words. */
function runsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const runs = [`= ${words.join(' ')}`];
  for (let at = 0; at + run <= words.length; at++) runs.push(words.slice(at, at + run).join(' '));
  return runs;
}
