import { logChoose } from './bon/best-of-n.ts';
import { bootstrapInterval, mean, wilson } from './interval.ts';
import { createRandom } from './random.ts';

/** First minus second on the same items, with a 95 % interval and a two-sided p value for no difference. */
export interface PairedDifference {
  n: number;
  difference: number;
  interval: [low: number, high: number];
  p: number;
  /** Items only the first, and only the second, gets right (for means: where it is worth more). */
  first_only: number;
  second_only: number;
  test: 'mcnemar' | 'sign-flip';
}

/**
 * Two strings of outcomes, one character an item, `1` being right: exact McNemar test, Newcombe's interval for a
 * difference of paired shares (his method 10). Null without items. Throws a RangeError for different lengths.
 */
export function pairedShares(first: string, second: string): PairedDifference | null {
  if (first.length !== second.length) throw new RangeError(`${first.length} outcomes cannot be paired with ${second.length}`);
  const n = first.length;
  const cells = { both: 0, first: 0, second: 0, neither: 0 };
  for (let index = 0; index < n; index += 1) {
    const [ours, theirs] = [first[index] === '1', second[index] === '1'];
    cells[ours ? (theirs ? 'both' : 'first') : theirs ? 'second' : 'neither'] += 1;
  }
  const interval = newcombe(cells);
  if (interval === null) return null;
  const difference = (cells.first - cells.second) / n;
  const p = mcnemar(cells.first, cells.second);
  return { n, difference, interval, p, first_only: cells.first, second_only: cells.second, test: 'mcnemar' };
}

/** Two-sided exact p value: discordant items fall to either side like a fair coin. */
export function mcnemar(firstOnly: number, secondOnly: number): number {
  const n = firstOnly + secondOnly;
  let tail = 0;
  for (let k = 0; k <= Math.min(firstOnly, secondOnly); k += 1) tail += Math.exp(logChoose(n, k) - n * Math.LN2);
  return Math.min(1, 2 * tail);
}

/**
 * Two lists of values, one a unit (a question): bootstrap over units for the interval, signs of the differences flipped
 * for the p value, exactly up to 12 units that differ, else 10,000 times by the seed. Null without units.
 */
export function pairedMeans(first: readonly number[], second: readonly number[], seed = 1): PairedDifference | null {
  if (first.length !== second.length) throw new RangeError(`${first.length} values cannot be paired with ${second.length}`);
  const values = first.map((value, index) => value - (second[index] ?? 0));
  const n = values.length;
  const difference = mean(values);
  const spread = bootstrapInterval({ values, seed });
  if (difference === null || spread === null) return null;
  const first_only = values.filter((value) => value > 0).length;
  const second_only = values.filter((value) => value < 0).length;
  const unseen = wilson(0, n)?.[1] ?? 1;
  const interval: [number, number] = first_only + second_only === 0 ? [-unseen, unseen] : spread;
  return { n, difference, interval, p: signFlip(values, seed), first_only, second_only, test: 'sign-flip' };
}

/** Holm's step-down adjustment for the number of tests looked at, in the order given. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => (ps[a] ?? 0) - (ps[b] ?? 0));
  const adjusted = ps.map(() => 1);
  let highest = 0;
  order.forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, (ps.length - rank) * (ps[index] ?? 1)));
    adjusted[index] = highest;
  });
  return adjusted;
}

function newcombe({
  both,
  first,
  second,
  neither,
}: {
  both: number;
  first: number;
  second: number;
  neither: number;
}): [number, number] | null {
  const n = both + first + second + neither;
  const [ours, theirs] = [wilson(both + first, n), wilson(both + second, n)];
  if (ours === null || theirs === null) return null;
  const [p1, p2] = [(both + first) / n, (both + second) / n];
  const margins = (both + first) * (second + neither) * (both + second) * (first + neither);
  const cross = both * neither - first * second;
  const phi = margins === 0 ? 0 : (cross > 0 ? Math.max(cross - n / 2, 0) : cross) / Math.sqrt(margins);
  const half = (a: number, b: number): number => Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
  const low = p1 - p2 - half(p1 - ours[0], theirs[1] - p2);
  const high = p1 - p2 + half(ours[1] - p1, p2 - theirs[0]);
  return [Math.max(-1, low), Math.min(1, high)];
}

function signFlip(values: readonly number[], seed: number): number {
  const differing = values.filter((value) => value !== 0);
  const seen = Math.abs(differing.reduce((sum, value) => sum + value, 0)) - 1e-12;
  const exact = differing.length <= 12;
  const rounds = exact ? 2 ** differing.length : 10_000;
  const random = createRandom(seed);
  let extreme = 0;
  for (let round = 0; round < rounds; round += 1) {
    let sum = 0;
    differing.forEach((value, index) => {
      const flipped = exact ? (round >> index) & 1 : random() < 0.5;
      sum += flipped ? -value : value;
    });
    if (Math.abs(sum) >= seen) extreme += 1;
  }
  return exact ? extreme / rounds : (extreme + 1) / (rounds + 1);
}
