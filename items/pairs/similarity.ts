/** Words in a sequence. */
const width = 5;

/**
 * How much two texts share, from 0 to 1: Jaccard index of their sequences of five words and signs, white space aside.
 * Shorter texts count as one sequence.
 */
export function similarity(a: string, b: string): number {
  const [ours, theirs] = [sequences(a), sequences(b)];
  const shared = [...ours].filter((each) => theirs.has(each)).length;
  const all = ours.size + theirs.size - shared;
  return all === 0 ? 1 : shared / all;
}

function sequences(text: string): Set<string> {
  const words = text.match(/\w+|[^\w\s]/g) ?? [];
  const starts = Math.max(1, words.length - width + 1);
  return new Set(Array.from({ length: words.length === 0 ? 0 : starts }, (_, at) => words.slice(at, at + width).join(' ')));
}
