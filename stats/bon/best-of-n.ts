interface Candidate {
  /** What the selection goes by; higher is better. */
  score: number;
  /** What a selection is worth: 1 right, 0 wrong. */
  value: number;
}

/**
 * Mean worth of the highest-scored of n candidates over all subsets of size n, exactly. Among equal scores every order
 * counts the same. Rounded to 12 decimals, so that two models that select alike also compare as equal. Throws a
 * RangeError unless 1 ≤ n ≤ number of candidates and all scores are numbers.
 */
export function bestOfN(candidates: readonly Candidate[], n: number): number {
  return createBestOf(candidates)(n);
}

/** The same for one list of candidates and several n: the list is sorted once. */
export function createBestOf(candidates: readonly Candidate[]): (n: number) => number {
  const worths = worthByRank(candidates);
  return (n) => {
    const weights = selectionWeights(worths.length, n);
    let result = 0;
    for (let rank = n - 1; rank < worths.length; rank += 1) result += (weights[rank] ?? 0) * (worths[rank] ?? 0);
    return Math.round(result * 1e12) / 1e12;
  };
}

/** Worth of the candidate of each rank, lowest score first; those with equal scores have their mean. */
function worthByRank(candidates: readonly Candidate[]): number[] {
  if (candidates.some(({ score }) => Number.isNaN(score))) throw new RangeError('a candidate has no score (NaN)');
  const sorted = [...candidates].sort((a, b) => compare(a.score, b.score));
  const worths: number[] = [];
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    let worth = 0;
    for (to = from; to < sorted.length && sorted[to]?.score === sorted[from]?.score; to += 1) worth += sorted[to]?.value ?? 0;
    for (let rank = from; rank < to; rank += 1) worths.push(worth / (to - from));
  }
  return worths;
}

/**
 * Chance that the candidate of rank i (0 = lowest score) is the best of a random subset of size n out of m:
 * C(i, n-1) / C(m, n), through logarithms because C(256, 128) has 76 digits. Kept, as all questions ask for the same few.
 */
export function selectionWeights(m: number, n: number): readonly number[] {
  if (!Number.isInteger(n) || n < 1 || n > m) throw new RangeError(`the best of ${n} cannot be taken from ${m} candidates`);
  const name = `${m} ${n}`;
  const before = knownWeights.get(name);
  if (before) return before;
  const all = logChoose(m, n);
  const weights = Array.from({ length: m }, (_, rank) => (rank < n - 1 ? 0 : Math.exp(logChoose(rank, n - 1) - all)));
  if (knownWeights.size >= 1024) knownWeights.clear();
  knownWeights.set(name, weights);
  return weights;
}

const knownWeights = new Map<string, number[]>();

/** Natural logarithm of the number of subsets of size k. */
export function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** ln Γ(n + 1); the sums are kept, as the same few hundred are asked for again and again. */
function logFactorial(n: number): number {
  for (let next = logFactorials.length; next <= n; next += 1)
    logFactorials.push((logFactorials[next - 1] ?? 0) + Math.log(next));
  return logFactorials[n] ?? 0;
}

const logFactorials = [0];

/** Infinite scores have an order too, which a difference would lose. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
