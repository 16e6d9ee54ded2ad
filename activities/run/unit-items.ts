import type { Digest, PlanNode, UnitInput } from '../../plan/index.ts';
import { perItem } from '../../schemas/index.ts';

/** Model calls that a node makes for one item. */
export function callsPerItem(node: Pick<PlanNode, 'kind' | 'settings' | 'models'>): number {
  return Object.keys(node.models).length > 0 ? perItem(node) : 0;
}

/** The artifact whose rows are a group's origins. */
export function sourceOf(unit: UnitInput): Digest {
  const entering = unit.nodes.flatMap((node) => Object.values(unit.inputs[node.id] ?? {}).flat());
  const [source] = entering;
  if (source === undefined) throw new Error(`${unit.id}: nothing enters the group`);
  return source;
}
