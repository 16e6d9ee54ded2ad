import type { Digest, PlanNode, UnitInput } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';

/** How many items a node makes from one item. */
export function perItem({ kind, settings }: Pick<PlanNode, 'kind' | 'settings'>): number {
  return kindOf(kind).items?.(settings, () => 1)['out'] ?? 1;
}

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
