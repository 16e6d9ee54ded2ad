import type { PairRow } from '../../../stats/index.ts';

/** Hands pairs on and keeps of each what statistics need, without its texts. */
export async function* notingLengths<T extends LongPair>(pairs: AsyncIterable<T>, noted: PairRow[]): AsyncGenerator<T> {
  for await (const pair of pairs) {
    const { language, chosen, rejected, chosen_tokens, rejected_tokens } = pair;
    noted.push({ language, chosen: { length: chosen.length }, rejected: { length: rejected.length }, chosen_tokens, rejected_tokens });
    yield pair;
  }
}

interface LongPair extends PairRow {
  chosen: string;
  rejected: string;
}
