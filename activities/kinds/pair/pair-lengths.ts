import type { PairLengths, PairRow } from '../../../stats/index.ts';

/** Hands pairs on and notes what statistics need of each. */
export async function* notingLengths<T extends PairRow>(pairs: AsyncIterable<T>, noted: PairLengths): AsyncGenerator<T> {
  for await (const pair of pairs) {
    noted.add(pair);
    yield pair;
  }
}
