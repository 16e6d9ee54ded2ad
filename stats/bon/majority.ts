import { logChoose } from './best-of-n.ts';
import { createRandom } from '../random.ts';

interface Vote {
  /** Null: no answer was found; such a candidate does not vote. */
  answer: string | null;
  correct: boolean;
  /** Default 1. */
  weight?: number;
}

interface MajorityOptions {
  votes: readonly Vote[];
  n: number;
  /** Up to this many subsets are all counted, above it as many are drawn. Default 200. */
  subsets?: number;
  /** Default 1. */
  seed?: number;
}

/**
 * Mean worth of the most voted answer over subsets of size n. Answers with equal votes share the win. A subset without
 * any answer is wrong.
 */
export function majorityOfN({ votes, n, subsets = 200, seed = 1 }: MajorityOptions): number {
  if (n < 1 || n > votes.length) throw new RangeError(`a majority of ${n} cannot be taken from ${votes.length} candidates`);
  const poll = createPoll(votes);
  let sum = 0;
  let count = 0;
  const exact = logChoose(votes.length, n) <= Math.log(subsets) + 1e-9;
  for (const subset of exact ? allSubsets(votes.length, n) : drawnSubsets({ m: votes.length, n, subsets, seed })) {
    sum += poll(subset);
    count += 1;
  }
  return sum / count;
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

function* drawnSubsets({ m, n, subsets, seed }: { m: number; n: number; subsets: number; seed: number }): Generator<number[]> {
  const random = createRandom(seed);
  const order = Array.from({ length: m }, (_, index) => index);
  for (let drawn = 0; drawn < subsets; drawn += 1) {
    for (let index = 0; index < n; index += 1) {
      const other = index + Math.floor(random() * (m - index));
      const kept = order[index] ?? 0;
      order[index] = order[other] ?? 0;
      order[other] = kept;
    }
    yield order.slice(0, n);
  }
}

/** Counts a subset's votes; answers are numbered and laid out once, so that a count is a few array reads. */
function createPoll(votes: readonly Vote[]): (subset: readonly number[]) => number {
  const numbers = new Map<string, number>();
  const answerOf = Int32Array.from(votes, ({ answer }) => {
    if (answer === null) return -1;
    const number = numbers.get(answer) ?? numbers.size;
    numbers.set(answer, number);
    return number;
  });
  const weightOf = Float64Array.from(votes, (vote) => vote.weight ?? 1);
  const rightOf = Uint8Array.from(votes, ({ correct }) => (correct ? 1 : 0));
  const weight = new Float64Array(numbers.size);
  const voters = new Float64Array(numbers.size);
  const right = new Float64Array(numbers.size);
  return (subset) => {
    weight.fill(0);
    voters.fill(0);
    right.fill(0);
    for (const index of subset) {
      const answer = answerOf[index]!;
      if (answer < 0) continue;
      weight[answer]! += weightOf[index]!;
      voters[answer]! += 1;
      right[answer]! += rightOf[index]!;
    }
    return worthOfWinners({ weight, voters, right });
  };
}

function worthOfWinners(poll: { weight: Float64Array; voters: Float64Array; right: Float64Array }): number {
  const { weight, voters, right } = poll;
  let most = 0;
  for (const each of weight) most = Math.max(most, each);
  let winners = 0;
  let worth = 0;
  for (let answer = 0; answer < weight.length; answer += 1) {
    if (!voters[answer] || (weight[answer] ?? 0) < most * (1 - 1e-12)) continue;
    winners += 1;
    worth += (right[answer] ?? 0) / (voters[answer] ?? 1);
  }
  return winners === 0 ? 0 : worth / winners;
}
