import type { ParamValues, Plan, PlanGroup, PlanNode, Scalar } from './plan.ts';

/** What the root starts and waits for: one node, or one group of map nodes. */
export interface Unit {
  /** Id of the node, or the members' ids joined by `+`, cut short where there are many. */
  id: string;
  nodes: PlanNode[];
  group: PlanGroup | null;
  /** Ids of the units that must be done before. */
  needs: string[];
}

/** The plan's units in topological order; units that become ready together are in the order of the plan. */
export function unitsOf(plan: Pick<Plan, 'nodes' | 'groups'>): Unit[] {
  const nodes = new Map(plan.nodes.map((node) => [node.id, node]));
  const groupOf = new Map(plan.groups.flatMap((group) => group.members.map((id) => [id, group] as const)));
  const unitOf = new Map<string, string>();
  const drafts: { id: string; nodes: PlanNode[]; group: PlanGroup | null }[] = [];
  for (const node of plan.nodes) {
    if (unitOf.has(node.id)) continue;
    const group = groupOf.get(node.id) ?? null;
    const members = group ? group.members.map((id) => nodeById(nodes, id)) : [node];
    const id = idOf(members.map((each) => each.id));
    for (const each of members) unitOf.set(each.id, id);
    drafts.push({ id, nodes: members, group });
  }
  return inOrder(drafts.map(({ id, nodes: members, group }) => ({ id, nodes: members, group, needs: needsOf(id, members, unitOf) })));
}

/** Units of a plan, and those of them that others read. */
export interface UnitCounts {
  units: number;
  read: number;
}

/** The counts of `unitsOf`, without naming or ordering anything. */
export function countUnits({ nodes, groups }: Pick<Plan, 'nodes' | 'groups'>): UnitCounts {
  const firstOf = new Map(groups.flatMap(({ members }) => members.map((id) => [id, members[0] ?? id] as const)));
  const read = new Set<string>();
  for (const { id, inputs } of nodes) {
    const own = firstOf.get(id) ?? id;
    for (const refs of Object.values(inputs))
      for (const { node } of refs) {
        const unit = firstOf.get(node) ?? node;
        if (unit !== own) read.add(unit);
      }
  }
  return { units: nodes.length - firstOf.size + groups.length, read: read.size };
}

/** A label in words: `init=pmp, lr=3e-6`. */
export function labelOf(label: ParamValues): string {
  return Object.entries(label).map(([name, value]) => `${name}=${scalarText(value)}`).join(', ');
}

/** A value as text: small numbers with an exponent. */
export function scalarText(value: Scalar): string {
  return typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}

/** The title of a node: `rm`, or `rm (init=pmp, seed=1)` if its step has several nodes. */
export function titleOf({ step, label }: Pick<PlanNode, 'step' | 'label'>): string {
  const words = labelOf(label);
  return words === '' ? step : `${step} (${words})`;
}

/** The nodes that a node is made from, directly or not, and the node itself. The nodes given and those returned are in the order of the plan. */
export function nodesBefore(nodes: readonly PlanNode[], last: PlanNode): PlanNode[] {
  const wanted = new Set([last.id]);
  for (const { id, inputs } of nodes.toReversed())
    if (wanted.has(id)) for (const { node } of Object.values(inputs).flat()) wanted.add(node);
  return nodes.filter(({ id }) => wanted.has(id));
}

/** The node of a unit that is not a group. */
export function onlyNode<Node>({ id, nodes }: { id: string; nodes: Node[] }): Node {
  const [node] = nodes;
  if (!node || nodes.length > 1) throw new Error(`${id}: expected one node, got ${nodes.length}`);
  return node;
}

/** The members joined, or the first and the number of others: it is in no other group. */
function idOf(members: string[]): string {
  const joined = members.join('+');
  return joined.length <= longestId ? joined : `${members[0]}+${members.length - 1}`;
}

const longestId = 200;

/** The node with this id; a plan without it is a bug of the compiler. */
export function nodeById(nodes: ReadonlyMap<string, PlanNode>, id: string): PlanNode {
  const node = nodes.get(id);
  if (!node) throw new Error(`plan has no node ${id}`);
  return node;
}

function needsOf(unitId: string, nodes: PlanNode[], unitOfNode: Map<string, string>): string[] {
  const needs = new Set<string>();
  for (const { id, inputs } of nodes)
    for (const refs of Object.values(inputs))
      for (const { node } of refs) {
        const unit = unitOfNode.get(node);
        if (unit === undefined) throw new Error(`${id}: input ${node} is not in the plan`);
        if (unit !== unitId) needs.add(unit);
      }
  return [...needs];
}

/** Units wave by wave: each wave has the units whose needs are all in earlier ones. */
function inOrder(units: Unit[]): Unit[] {
  const open = new Map(units.map(({ id, needs }) => [id, needs.length]));
  const place = new Map(units.map(({ id }, index) => [id, index]));
  const neededBy = new Map<string, Unit[]>();
  for (const unit of units) for (const need of unit.needs) {
    const known = neededBy.get(need);
    if (known) known.push(unit);
    else neededBy.set(need, [unit]);
  }
  const ordered: Unit[] = [];
  for (let wave = units.filter(({ needs }) => needs.length === 0); wave.length > 0;) {
    for (const unit of wave) ordered.push(unit);
    const next: Unit[] = [];
    for (const { id } of wave)
      for (const unit of neededBy.get(id) ?? []) {
        const left = (open.get(unit.id) ?? 0) - 1;
        open.set(unit.id, left);
        if (left === 0) next.push(unit);
      }
    wave = next.sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
  }
  if (ordered.length < units.length) throw new Error('the plan has a cycle between its units');
  return ordered;
}
