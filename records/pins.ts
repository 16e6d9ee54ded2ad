import type { PlanNode } from '../plan/index.ts';
import { canonicalBytes, hashOf, nodeParts } from '../plan/keys.ts';
import type { Store } from '../ports/store.ts';
import { readNoted } from './named.ts';
import { pinName } from './names.ts';

/** The run that last refreshed a node whose source changes by itself; null: none, and its first result is used. */
export async function readPin(store: Store, node: PlanNode): Promise<string | null> {
  return (await readNoted<{ run: string }>(store, pinName(hashOf(nodeParts(node)))))?.run ?? null;
}

/** Has this and every later run use what the node makes in this run. */
export async function renewPin(store: Store, node: PlanNode, run: string): Promise<string> {
  await store.note(pinName(hashOf(nodeParts(node))), canonicalBytes({ run }));
  return run;
}
