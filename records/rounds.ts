import type { PlanNode } from '../plan/index.ts';
import { hashOf, nodeParts } from '../plan/keys.ts';
import type { Store } from '../ports/store.ts';
import { roundsPrefix } from './names.ts';

/**
 * How often the items of a step without a usable answer were asked for again, in this store. It is part of the step's keys, and the same
 * for every run and every corpus.
 */
export async function readRound(store: Store, node: PlanNode): Promise<number> {
  return (await store.list(roundsPrefix(hashOf(nodeParts(node))))).length;
}

/** Has every later run of the step ask again for items without a usable answer. Returns the number of the new round. */
export async function startRound(store: Store, node: PlanNode): Promise<number> {
  const round = (await readRound(store, node)) + 1;
  await store.publish(`${roundsPrefix(hashOf(nodeParts(node)))}${round}`, new TextEncoder().encode(`${Date.now()}`));
  return round;
}
