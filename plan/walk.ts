import type { Digest } from './json.ts';
import type { ParamValues, Plan, PlanGroup, PlanNode } from './plan.ts';

/** What the root starts and waits for: one node, or one group of map nodes. */
export interface Unit {
  /** Id of the node, or the members' ids joined by `+`. */
  id: string;
  nodes: PlanNode[];
  group: PlanGroup | null;
  /** Ids of the units that must be done before. */
  needs: string[];
}

/** Outputs of finished nodes: node id → output name → artifact digest. */
export type Outputs = { [node: string]: { [output: string]: Digest } };

/** The plan's units in topological order. */
export function unitsOf(plan: Plan): Unit[] {
  const unitOfNode = new Map<string, string>();
  const drafts: { id: string; nodes: PlanNode[]; group: PlanGroup | null }[] = [];
  for (const node of plan.nodes) {
    if (unitOfNode.has(node.id)) continue;
    const group = plan.groups.find((each) => each.members.includes(node.id)) ?? null;
    const nodes = group ? group.members.map((id) => nodeOf(plan, id)) : [node];
    const id = nodes.map((each) => each.id).join('+');
    for (const each of nodes) unitOfNode.set(each.id, id);
    drafts.push({ id, nodes, group });
  }
  const units = drafts.map((draft) => ({ ...draft, needs: needsOf(draft.id, draft.nodes, unitOfNode) }));
  return inOrder(units);
}

/** A label in words: `init=pmp, seed=1`. */
export function labelOf(label: ParamValues): string {
  return Object.entries(label).map(([name, value]) => `${name}=${String(value)}`).join(', ');
}

/** A node as people read it: `rm`, or `rm (init=pmp, seed=1)` where its step has several nodes. */
export function titleOf({ step, label }: Pick<PlanNode, 'step' | 'label'>): string {
  const words = labelOf(label);
  return words === '' ? step : `${step} (${words})`;
}

/** The node of a unit that is no group. */
export function onlyNode({ id, nodes }: { id: string; nodes: PlanNode[] }): PlanNode {
  const [node] = nodes;
  if (!node || nodes.length > 1) throw new Error(`${id}: expected one node, got ${nodes.length}`);
  return node;
}

/** The node with this id; a plan that lacks it is a bug of the compiler. */
function nodeOf(plan: Plan, id: string): PlanNode {
  const node = plan.nodes.find((each) => each.id === id);
  if (!node) throw new Error(`plan has no node ${id}`);
  return node;
}

function needsOf(unitId: string, nodes: PlanNode[], unitOfNode: Map<string, string>): string[] {
  const needs = new Set<string>();
  for (const node of nodes)
    for (const ref of Object.values(node.inputs).flat()) {
      const unit = unitOfNode.get(ref.node);
      if (unit === undefined) throw new Error(`${node.id}: input ${ref.node} is not in the plan`);
      if (unit !== unitId) needs.add(unit);
    }
  return [...needs];
}

function inOrder(units: Unit[]): Unit[] {
  const done = new Set<string>();
  const ordered: Unit[] = [];
  while (ordered.length < units.length) {
    const ready = units.filter((unit) => !done.has(unit.id) && unit.needs.every((need) => done.has(need)));
    if (ready.length === 0) throw new Error('the plan has a cycle between its units');
    for (const unit of ready) {
      done.add(unit.id);
      ordered.push(unit);
    }
  }
  return ordered;
}
