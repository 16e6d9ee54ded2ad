import { forgottenRule, type Provenance } from '../../items/index.ts';
import type { Store } from '../../ports/store.ts';
import { readForgotten } from '../../records/forgotten.ts';
import type { ItemCounts } from '../keep.ts';
import { leaveOut } from '../run/walk-folder.ts';

/** What comes from nothing that is forgotten in the store; the others are counted. */
export async function* withoutForgotten<Text extends Provenance>(
  store: Store,
  texts: AsyncIterable<Text>,
  leftOut: ItemCounts,
): AsyncGenerator<Text> {
  const isForgotten = forgottenRule(await readForgotten(store));
  for await (const text of texts) {
    if (isForgotten(text)) leaveOut(leftOut, 'forgotten');
    else yield text;
  }
}
