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
  n: number;
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
 * Mean worth of the most voted answer over subsets of size n. Answers with equal votes share the win. A subset without
 * any answer is wrong. Subsets of one are all counted, however many.
 */
export function majorityOfN({ votes, n, subsets = 200, seed = 1 }: MajorityOptions): MajorityWorth {
  if (n < 1 || n > votes.length) throw new RangeError(`a majority of ${n} cannot be taken from ${votes.length} candidates`);
  const poll = createPoll(votes);
  const sum = { counted: 0, weighted: 0 };
  let count = 0;
  const exact = n === 1 || logChoose(votes.length, n) <= Math.log(subsets) + 1e-9;
  for (const subset of exact ? allSubsets(votes.length, n) : drawnSubsets({ m: votes.length, n, subsets, seed })) {
    const { counted, weighted } = poll(subset, n);
    sum.counted += counted;
    sum.weighted += weighted;
    count += 1;
  }
  return { counted: sum.counted / count, weighted: sum.weighted / count };
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

/** Random subsets: the first n places of an array that is handed out again and again. */
function* drawnSubsets({ m, n, subsets, seed }: { m: number; n: number; subsets: number; seed: number }): Generator<number[]> {
  const random = createRandom(seed);
  const order = Array.from({ length: m }, (_, index) => index);
  for (let drawn = 0; drawn < subsets; drawn += 1) {
    for (let index = 0; index < n; index += 1) {
      const other = index + Math.floor(random() * (m - index));
      const kept = order[index]!;
      order[index] = order[other]!;
      order[other] = kept;
    }
    yield order;
  }
}

/** Counts a subset's votes; answers are numbered and laid out once, so that a count is a few array reads. */
function createPoll(votes: readonly Vote[]): (subset: readonly number[], n: number) => MajorityWorth {
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
  return (subset, n) => {
    weight.fill(0);
    voters.fill(0);
    right.fill(0);
    for (let place = 0; place < n; place += 1) {
      const index = subset[place]!;
      const answer = answerOf[index]!;
      if (answer < 0) continue;
      weight[answer]! += weightOf[index]!;
      voters[answer]! += 1;
      right[answer]! += rightOf[index]!;
    }
    const share = { voters, right };
    return { counted: worthOfWinners(voters, share), weighted: worthOfWinners(weight, share) };
  };
}

type VoteTally = Float64Array;

/** Share of right ones among the voters of the answers that have the most; these share the win. */
function worthOfWinners(strength: VoteTally, { voters, right }: { voters: VoteTally; right: VoteTally }): number {
  let most = 0;
  for (const each of strength) most = Math.max(most, each);
  let winners = 0;
  let worth = 0;
  for (let answer = 0; answer < strength.length; answer += 1) {
    if (!voters[answer] || strength[answer]! < most * (1 - 1e-12)) continue;
    winners += 1;
    worth += right[answer]! / voters[answer]!;
  }
  return winners === 0 ? 0 : worth / winners;
}
