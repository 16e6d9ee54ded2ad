import { firstByRank, rankOf, solutionPairs, type JudgedSolution, type SolutionPair } from '../../../items/index.ts';
import { inTurns } from './in-turns.ts';

/** Pairs of right and wrong solutions, drawn by the seed: a smaller take is the beginning of a larger one. */
export async function drawSolutionPairs(
  solutions: readonly JudgedSolution[],
  { pairs, seed, take }: { pairs: 'one' | 'all'; seed: number; take: number | null },
): Promise<SolutionPair[]> {
  const made: SolutionPair[] = [];
  const ranks: number[] = [];
  for await (const pair of inTurns(solutionPairs(solutions, { pairs, seed }))) {
    made.push(pair);
    ranks.push(rankOf(seed, pair.origin, pair.ordinal));
  }
  return firstByRank(made, take, (_, index) => ranks[index] ?? 0);
}
