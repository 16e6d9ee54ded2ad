import { createSymmetricDraw } from '../../../items/index.ts';
import type { DataPair } from '../../../items/index.ts';

interface SymmetricSettings {
  symmetric: boolean;
  seed: number;
}

/** Says of each of these pairs whether it stays: each, or with `symmetric` those of its draw, for which the pairs are read once before. */
export async function stayingPairs(
  { symmetric, seed }: SymmetricSettings,
  pairs: () => AsyncIterable<DataPair>,
): Promise<(pair: DataPair) => boolean> {
  if (!symmetric) return () => true;
  const drawn = createSymmetricDraw(seed);
  for await (const pair of pairs()) drawn.note(pair);
  return drawn.keeps;
}
