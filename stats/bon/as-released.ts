import type { ReleasedConvention, ReleasedValue } from '../../plan/metrics.ts';
import { createRandom } from '../random.ts';
import { createBestOf } from './best-of-n.ts';
import type { ScoredCandidate, ScoredQuestion } from './selectors.ts';

/** Rows at the end of the table that the published script scores twice, to fill its last batch. */
const repeatedRows = 100;

/** What the published script seeds its one subset of each question with. */
const releasedSeed = 123;

/**
 * Best-of-N by the conventions of the published scripts, each alone and all together: one random subset of each question in place
 * of all (not theirs, which Python draws), the last 100 candidates twice in the pool, questions whose selected answer nobody can
 * read left out. `ours` are our values at these sizes.
 */
export function releasedBon(
  questions: readonly ScoredQuestion[],
  sizes: readonly number[],
  ours: readonly (number | null)[],
): ({ at: number } & ReleasedValue)[] {
  const pools = withRepeats(questions);
  const random = createRandom(releasedSeed);
  const exact = (lists: readonly ScoredQuestion[], n: number) => meanOf(lists.map((list) => shareOf(list, n, isRight)));
  const drawn = (lists: readonly ScoredQuestion[], n: number) => lists.map((list) => pick(list, n, random));
  const values: { [convention in BonConvention]: (n: number) => number | null } = {
    'one-subset': (n) => meanOf(drawn(questions, n).map(isRight)),
    'last-rows-twice': (n) => exact(pools, n),
    'unreadable-dropped': (n) => ratioOf(questions.map((list) => [shareOf(list, n, isRight), shareOf(list, n, isReadable)])),
    all: (n) => ratioOf(drawn(pools, n).map((each) => [isRight(each), isReadable(each)])),
  };
  return sizes.flatMap((at, index) =>
    (Object.keys(values) as BonConvention[]).map((convention) => {
      const value = values[convention](at);
      const own = ours[index] ?? null;
      return { at, convention, value, difference: value === null || own === null ? null : value - own };
    }),
  );
}

type BonConvention = Exclude<ReleasedConvention, 'right-by-text'> | 'all';

function isRight({ correct }: ScoredCandidate): number {
  return correct ? 1 : 0;
}

function isReadable({ answer }: ScoredCandidate): number {
  return answer === null ? 0 : 1;
}

function withRepeats(questions: readonly ScoredQuestion[]): ScoredQuestion[] {
  let left = repeatedRows;
  const pools = questions.toReversed().map((question) => {
    const repeated = left > 0 ? question.slice(-left) : [];
    left -= repeated.length;
    return [...question, ...repeated];
  });
  return pools.toReversed();
}

/** Share of subsets of size n whose highest-scored candidate has a property. */
function shareOf(question: ScoredQuestion, n: number, property: (candidate: ScoredCandidate) => number): number {
  return createBestOf(question.map((each) => ({ score: each.score, value: property(each) })))(n);
}

/** The first of the highest-scored of n random candidates. */
function pick(question: ScoredQuestion, n: number, random: () => number): ScoredCandidate {
  const order = [...question];
  for (let index = 0; index < n; index += 1) {
    const other = index + Math.floor(random() * (order.length - index));
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return order.slice(0, n).reduce((best, each) => (each.score > best.score ? each : best));
}

function meanOf(values: readonly number[]): number | null {
  return ratioOf(values.map((value) => [value, 1]));
}

function ratioOf(parts: readonly (readonly [number, number])[]): number | null {
  const total = parts.reduce((sum, [, of]) => sum + of, 0);
  return total === 0 ? null : parts.reduce((sum, [own]) => sum + own, 0) / total;
}
