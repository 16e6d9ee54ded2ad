import type { Store } from '../../ports/store.ts';
import { isForgotten, readForgotten, type Provenance } from '../../records/forgotten.ts';
import type { ItemCounts } from '../keep.ts';
import { leaveOut } from '../run/walk-folder.ts';

/** What comes from nothing that is forgotten in the store; the others are counted. */
export async function* withoutForgotten<Text extends Provenance>(
  store: Store,
  texts: AsyncIterable<Text>,
  leftOut: ItemCounts,
): AsyncGenerator<Text> {
  const forgotten = await readForgotten(store);
  for await (const text of texts) {
    if (isForgotten(text, forgotten)) leaveOut(leftOut, 'forgotten');
    else yield text;
  }
}
