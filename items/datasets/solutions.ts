import { firstByRank, rankOf } from './draw.ts';
import { digestOfText, pairRow, type DataPair } from './rows.ts';

/** A solution that is known to be right or wrong. */
export interface JudgedSolution {
  /** The question as a reward model sees it. */
  prompt: string;
  text: string;
  right: boolean;
  /** What an evaluation tells apart. */
  kind: string;
  /** Number of its row. */
  row?: number;
}

/** A right and a wrong solution of one question. */
export interface SolutionPair {
  right: JudgedSolution;
  wrong: JudgedSolution;
  /** Digest of the prompt. */
  origin: string;
  ordinal: number;
}

/**
 * Pairs each right solution with each wrong one of the same question; `one`: only the pair that the seed draws of each
 * question. Pairs are made one question after the other, as they are taken.
 */
export function* solutionPairs(
  solutions: readonly JudgedSolution[],
  { pairs, seed }: { pairs: 'one' | 'all'; seed: string | number },
): Generator<SolutionPair> {
  for (const [prompt, group] of Map.groupBy(solutions, (each) => each.prompt)) {
    const origin = digestOfText(prompt);
    const all = crossed(group).map((each, ordinal) => ({ ...each, origin, ordinal }));
    yield* pairs === 'all' ? all : firstByRank(all, 1, ({ ordinal }) => rankOf(seed, 'one', origin, ordinal));
  }
}

function crossed(solutions: readonly JudgedSolution[]): Pick<SolutionPair, 'right' | 'wrong'>[] {
  const wrong = solutions.filter((each) => !each.right);
  const pairs = solutions.filter((each) => each.right).flatMap((right) => wrong.map((other) => ({ right, wrong: other })));
  return pairs.filter((each) => each.right.text !== each.wrong.text);
}

/** A pair with all its columns, its path naming the rows of both solutions. */
export function solutionPairRow({ right, wrong, origin, ordinal }: SolutionPair): DataPair {
  const path = [right, wrong].flatMap(({ row }) => (row === undefined ? [] : [row])).join('+');
  return { ...pairRow({ prompt: right.prompt, chosen: right.text, rejected: wrong.text, origin, kind: right.kind, path }), ordinal };
}
