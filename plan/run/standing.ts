import type { Digest } from '../json.ts';
import type { UnitProgress } from './results.ts';

/** How one node of a unit stands, and why it was skipped: members of a group may be left out of it. */
export function standingOf({ nodes, state, why }: UnitProgress, id: string): Pick<UnitProgress, 'state' | 'why'> {
  const own = nodes.find((node) => node.id === id)?.why;
  if (own !== undefined) return { state: 'skipped', why: own };
  return why === undefined ? { state } : { state, why };
}

/** Result key of a node of a unit, as far as the unit says it: that of a node which is its own unit is the unit's. */
export function resultKeyOf({ nodes, key }: UnitProgress, id: string): Digest | undefined {
  return nodes.find((node) => node.id === id)?.key ?? (nodes.length === 1 ? key : undefined);
}

/** Nodes of a unit that are left out. */
export function skippedIn(unit: UnitProgress): UnitProgress['nodes'] {
  return unit.nodes.filter(({ id }) => standingOf(unit, id).state === 'skipped');
}

/** Whether what is there was made by this run or by an earlier one. */
export function isMade(state: UnitProgress['state']): boolean {
  return state === 'done' || state === 'reused';
}
