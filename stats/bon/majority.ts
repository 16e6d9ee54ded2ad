import { logChoose } from './best-of-n.ts';
import { createRandom } from '../random.ts';

export interface Vote {
  /** Null: no answer was found; such a candidate does not vote. */
  answer: string | null;
  correct: boolean;
  /** Default 1. */
  weight?: number;
}

interface MajorityOptions {
  votes: readonly Vote[];
  n: readonly number[];
  /** Up to this many subsets are all counted, above it as many are drawn. Default 200. */
  subsets?: number;
  /** Default 1. */
  seed?: number;
}

/** What the most voted answer is worth, each candidate having one vote, and with votes by weight. */
export interface MajorityWorth {
  counted: number;
  weighted: number;
}

/**
 * Mean worth of the most voted answer over subsets of each size n. Answers with equal votes share the win. A subset without
 * any answer is wrong. Subsets of one are all counted, however many. Throws a RangeError for a size that there is not.
 */
export function majorityOfN({ votes, n: sizes, subsets = 200, seed = 1 }: MajorityOptions): MajorityWorth[] {
  const m = votes.length;
  const wrong = sizes.find((n) => n < 1 || n > m);
  if (wrong !== undefined) throw new RangeError(`a majority of ${wrong} cannot be taken from ${m} candidates`);
  const poll = createPoll(votes);
  const isExact = (n: number): boolean => n === 1 || logChoose(m, n) <= Math.log(subsets) + 1e-9;
  const orders = sizes.every(isExact) ? [] : drawnOrders({ m, subsets, seed });
  const drawn = poll(orders, sizes.filter((n) => !isExact(n)));
  return sizes.map((n) => (isExact(n) ? poll(allSubsets(m, n), [n])[0] : drawn.shift()) ?? { counted: 0, weighted: 0 });
}

/** Every subset of {0 … m-1} of size n. The array that is handed out is reused. */
export function* allSubsets(m: number, n: number): Generator<number[]> {
  const subset = Array.from({ length: n }, (_, index) => index);
  for (;;) {
    yield subset;
    let place = n - 1;
    while (place >= 0 && subset[place] === m - n + place) place -= 1;
    if (place < 0) return;
    const next = (subset[place] ?? 0) + 1;
    for (let index = place; index < n; index += 1) subset[index] = next + index - place;
  }
}

/** Random orders of {0 … m-1}; the first n places of each are a random subset. Questions with as many candidates share them. */
function drawnOrders({ m, subsets, seed }: { m: number; subsets: number; seed: number }): number[][] {
  const name = `${m} ${subsets} ${seed}`;
  const before = knownOrders.get(name);
  if (before) return before;
  const random = createRandom(seed);
  const orders = Array.from({ length: subsets }, () => {
    const order = Array.from({ length: m }, (_, index) => index);
    for (let index = 0; index < m - 1; index += 1) {
      const other = index + Math.floor(random() * (m - index));
      [order[index], order[other]] = [order[other]!, order[index]!];
    }
    return order;
  });
  if (knownOrders.size >= 64) knownOrders.clear();
  knownOrders.set(name, orders);
  return orders;
}

const knownOrders = new Map<string, number[][]>();

/**
 * Means of what the winners of these orders' first n places are worth, for each n, smallest first. Answers are numbered and laid
 * out once, so that a vote is a few array reads.
 */
function createPoll(votes: readonly Vote[]): (orders: Iterable<readonly number[]>, sizes: readonly number[]) => MajorityWorth[] {
  const numbers = new Map<string, number>();
  const answerOf = Int32Array.from(votes, ({ answer }) => {
    if (answer === null) return -1;
    const number = numbers.get(answer) ?? numbers.size;
    numbers.set(answer, number);
    return number;
  });
  const weightOf = Float64Array.from(votes, (vote) => vote.weight ?? 1);
  const rightOf = Uint8Array.from(votes, ({ correct }) => (correct ? 1 : 0));
  const createTally = (): VoteTally => new Float64Array(numbers.size);
  const [weight, voters, right] = [createTally(), createTally(), createTally()];
  return (orders, sizes) => {
    const sums = sizes.map(() => ({ counted: 0, weighted: 0 }));
    let count = 0;
    for (const order of orders) {
      for (const tally of [weight, voters, right]) tally.fill(0);
      let place = 0;
      for (const [index, n] of sizes.entries()) {
        for (; place < n; place += 1) {
          const candidate = order[place]!;
          const answer = answerOf[candidate]!;
          if (answer < 0) continue;
          weight[answer]! += weightOf[candidate]!;
          voters[answer]! += 1;
          right[answer]! += rightOf[candidate]!;
        }
        sums[index]!.counted += worthOfWinners(voters, { voters, right });
        sums[index]!.weighted += worthOfWinners(weight, { voters, right });
      }
      count += 1;
    }
    return sums.map(({ counted, weighted }) => ({ counted: counted / count, weighted: weighted / count }));
  };
}

type VoteTally = Float64Array;

/** Share of right ones among the voters of the answers that have the most; these share the win. */
function worthOfWinners(strength: VoteTally, { voters, right }: { voters: VoteTally; right: VoteTally }): number {
  let [most, winners, worth] = [0, 0, 0];
  for (let answer = 0; answer < strength.length; answer += 1) {
    const own = strength[answer]!;
    if (voters[answer] === 0 || own < most * (1 - 1e-12)) continue;
    if (own > most * (1 + 1e-12)) [most, winners, worth] = [own, 0, 0];
    winners += 1;
    worth += right[answer]! / voters[answer]!;
  }
  return winners === 0 ? 0 : worth / winners;
}
