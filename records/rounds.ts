import type { PlanNode } from '../plan/index.ts';
import { hashOf, nodeParts } from '../plan/keys.ts';
import type { Store } from '../ports/store.ts';
import { roundsPrefix, type WrittenName } from './names.ts';

/**
 * How often the items of a step without a usable answer were asked for again, in this store. It is part of the step's keys, and the same
 * for every run and every corpus.
 */
export async function readRound(store: Store, node: PlanNode): Promise<number> {
  const prefix = roundsPrefix(hashOf(nodeParts(node)));
  return Math.max(0, ...(await store.list(prefix)).map((name) => Number(name.slice(prefix.length))));
}

/** Has every later run of the step ask again for items without a usable answer. Returns the number of the new round. */
export async function startRound(store: Store, node: PlanNode): Promise<number> {
  const round = (await readRound(store, node)) + 1;
  await publishRound(store, `${roundsPrefix(hashOf(nodeParts(node)))}${round}`);
  return round;
}

/** Writes the damaged file of a round again, whose name says all, and says so; null: it is another file. */
export async function mendRound(store: Store, file: string): Promise<string | null> {
  if (!file.startsWith('names/rounds/')) return null;
  const name: WrittenName = `rounds/${file.slice('names/rounds/'.length)}`;
  await store.setAside(name);
  await publishRound(store, name);
  return 'written again: its name says all that it held';
}

async function publishRound(store: Store, name: WrittenName): Promise<void> {
  await store.publish(name, new TextEncoder().encode(`${Date.now()}`));
}
