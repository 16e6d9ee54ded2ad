import { promptFormats } from './formats.ts';
import { firstByRank, rankOf } from './draw.ts';
import { digestOfText, pairRow, type DataPair } from './rows.ts';

/** A solution that is known to be right or wrong. */
export interface JudgedSolution {
  question: string;
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

/** Pairs each right solution with each wrong one of the same question; `one`: only the pair that the seed draws of each question. */
export function solutionPairs(
  solutions: readonly JudgedSolution[],
  { pairs, seed }: { pairs: 'one' | 'all'; seed: string | number },
): SolutionPair[] {
  return [...Map.groupBy(solutions, ({ question }) => question)].flatMap(([question, group]) => {
    const origin = digestOfText(promptFormats['question-answer'](question));
    const [right, wrong] = [group.filter((each) => each.right), group.filter((each) => !each.right)];
    const all = right
      .flatMap((one) => wrong.map((other) => ({ right: one, wrong: other })))
      .filter((each) => each.right.text !== each.wrong.text)
      .map((each, ordinal) => ({ ...each, origin, ordinal }));
    return pairs === 'all' ? all : firstByRank(all, 1, (pair) => rankOf(seed, 'one', origin, pair.ordinal));
  });
}

/** A pair with all its columns, its path naming the rows of both solutions. */
export function solutionPairRow({ right, wrong, origin, ordinal }: SolutionPair): DataPair {
  const path = [right, wrong].flatMap(({ row }) => (row === undefined ? [] : [row])).join('+');
  const prompt = promptFormats['question-answer'](right.question);
  return { ...pairRow({ prompt, chosen: right.text, rejected: wrong.text, origin, kind: right.kind, path }), ordinal };
}
