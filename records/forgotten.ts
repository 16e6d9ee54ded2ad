import type { JsonObject, PlanNode } from '../plan/index.ts';
import { hashOf } from '../plan/keys.ts';
import type { Store } from '../ports/store.ts';
import { noteHeld, readHeld } from './held.ts';
import { forgottenName } from './names.ts';

/** Where texts come from that no step of the store may use: what their rows say of their repository or licence. */
export interface Forgotten {
  repository: string[];
  licence: string[];
}

/** What is forgotten in a store. */
export async function readForgotten(store: Store): Promise<Forgotten> {
  return (await readHeld<Forgotten>(store, forgottenName)) ?? { repository: [], licence: [] };
}

/** Has every later run leave these out as well. */
export async function noteForgotten(store: Store, more: Forgotten): Promise<void> {
  await noteHeld(store, forgottenName, withMore(await readForgotten(store), more));
}

/** Everything that is forgotten once more is. */
export function withMore(before: Forgotten, more: Forgotten): Forgotten {
  const merged = (column: keyof Forgotten): string[] => [...new Set([...before[column], ...more[column]])].toSorted();
  return { repository: merged('repository'), licence: merged('licence') };
}

/** Version of which rows count as under a forgotten licence. */
const licenceRuleVersion = 2;

/** The part of the keys of the nodes that read sources which says what they leave out; none where nothing is forgotten. */
export function forgottenPart(forgotten: Forgotten): JsonObject {
  if (forgotten.repository.length + forgotten.licence.length === 0) return {};
  return { forgotten: hashOf({ ...forgotten, ...(forgotten.licence.length > 0 && { rule: licenceRuleVersion }) }) };
}

/** Whether a node reads texts from outside, of which some may be forgotten. */
export function readsTexts({ inputs, outputs }: Pick<PlanNode, 'inputs' | 'outputs'>): boolean {
  return Object.keys(inputs).length === 0 && Object.values(outputs).some((type) => type === 'corpus' || type === 'ranked');
}
