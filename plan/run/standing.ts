import type { Digest } from '../json.ts';
import type { UnitProgress } from './results.ts';

/** The state of one node of a unit, and why it was skipped: single members of a group may be left out. */
export function standingOf({ nodes, state, why }: UnitProgress, id: string): Pick<UnitProgress, 'state' | 'why'> {
  const own = nodes.find((node) => node.id === id)?.why;
  if (own !== undefined) return { state: 'skipped', why: own };
  return why === undefined ? { state } : { state, why };
}

/** Result key of a node of a unit, if the unit has it; a node that is its own unit has the unit's key. */
export function resultKeyOf({ nodes, key }: UnitProgress, id: string): Digest | undefined {
  return nodes.find((node) => node.id === id)?.key ?? (nodes.length === 1 ? key : undefined);
}

/** The skipped nodes of a unit. */
export function skippedIn(unit: UnitProgress): UnitProgress['nodes'] {
  return unit.nodes.filter(({ id }) => standingOf(unit, id).state === 'skipped');
}

/** Whether a result exists, made by this run or by an earlier one. */
export function isMade(state: UnitProgress['state']): boolean {
  return state === 'done' || state === 'reused';
}
