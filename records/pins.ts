import type { PlanNode } from '../plan/index.ts';
import { hashOf, nodeParts } from '../plan/keys.ts';
import type { Store } from '../ports/store.ts';
import { noteHeld, readHeld } from './held.ts';
import { pinName } from './names.ts';

/** The run that last refreshed a node whose source changes by itself; null: none, and its first result is used. */
export async function readPin(store: Store, node: PlanNode): Promise<string | null> {
  return (await readHeld<{ run: string }>(store, pinName(hashOf(nodeParts(node)))))?.run ?? null;
}

/** Has this and every later run use what the node makes in this run. */
export async function renewPin(store: Store, node: PlanNode, run: string): Promise<string> {
  await noteHeld(store, pinName(hashOf(nodeParts(node))), { run });
  return run;
}
