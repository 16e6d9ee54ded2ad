import { textsOfPair, type DataPair } from '../../../items/index.ts';
import type { Threads } from '../../cleaning/threads.ts';
import type { ItemCounts } from '../../keep.ts';
import { leaveOut } from '../../run/walk-folder.ts';

/** Pairs that a thread looks up at once. */
const atOnce = 500;

interface WithoutOptions {
  threads: Threads;
  /** Path of the items of the test sets. */
  benchmarks: string;
  /** Counts the pairs that go, by test set. */
  gone: ItemCounts;
}

/** The pairs, in their order, of which no text is one of a test set. */
export async function* withoutTestSets(
  pairs: AsyncIterable<DataPair>,
  { threads, benchmarks, gone }: WithoutOptions,
): AsyncGenerator<DataPair> {
  const asked: Promise<DataPair[]>[] = [];
  const lookUp = async (batch: DataPair[]): Promise<DataPair[]> => {
    const { facts } = await threads.run('look', { items: batch.map(textsOfPair), benchmarks });
    return batch.filter((_, index) => {
      const known = facts.known[index] ?? null;
      if (known !== null) leaveOut(gone, known.replace(/ \d+$/, ''));
      return known === null;
    });
  };
  const ask = (batch: DataPair[]): void => {
    const answer = lookUp(batch);
    answer.catch(() => undefined); // it is awaited in its turn
    asked.push(answer);
  };
  let batch: DataPair[] = [];
  for await (const pair of pairs) {
    if (batch.push(pair) < atOnce) continue;
    ask(batch);
    batch = [];
    if (asked.length > threads.size) yield* (await asked.shift()) ?? [];
  }
  ask(batch);
  for (const each of asked) yield* await each;
}
