import { scalarText, type Plan, type PlanNode, type UnitProgress } from '../../plan/index.ts';
import { count } from '../terminal/text.ts';

/** A plan as boxes and arrows. */
export interface Drawing {
  name: string;
  boxes: Box[];
  arrows: Arrow[];
  /** Steps that are streamed together, item by item. */
  clusters: string[][];
  /** Whether boxes are whole steps. */
  isCollapsed: boolean;
}

export interface Box {
  /** `n0`, `n1`: without words from the pipeline. */
  id: string;
  step: string;
  kind: string;
  family: Family;
  /** What distinguishes a node of a step with several, such as `seed=1`, one per line; `12 nodes` for a whole step. */
  details: string[];
  /** For a run: how many of its nodes are in each state; null for a plan. */
  states: Map<UnitState, number> | null;
}

interface Arrow {
  from: string;
  to: string;
  /** `pairs`, or with the output's name `train pairs`. */
  artifact: string;
}

/** The family of its kind, for its colour. */
export type Family = 'data' | 'answers' | 'items' | 'training' | 'measurement' | 'report';

export type UnitState = UnitProgress['state'];

interface DrawingOptions {
  /** One box per step instead of one per node. */
  collapse: boolean;
  /** States by node id, for a run. */
  stateOf?: ((node: string) => UnitState) | undefined;
}

/** Boxes in the order of the plan, arrows by box. */
export function drawingOf(plan: Plan, { collapse, stateOf }: DrawingOptions): Drawing {
  const keyOf = (node: PlanNode): string => (collapse ? node.step : node.id);
  const members = Map.groupBy(plan.nodes, keyOf);
  const nodes = new Map(plan.nodes.map((node) => [node.id, node]));
  const ids = new Map([...members.keys()].map((key, index) => [key, `n${index}`]));
  const boxOf = (id: string): string => {
    const node = nodes.get(id);
    return (node && ids.get(keyOf(node))) ?? '';
  };
  return {
    name: plan.name,
    boxes: [...members].map(([key, own]) => toBox(ids.get(key) ?? '', own, { collapse, stateOf })),
    arrows: arrowsOf(plan, { nodes, boxOf }),
    clusters: clustersOf(plan, boxOf),
    isCollapsed: collapse && members.size < plan.nodes.length,
  };
}

function toBox(id: string, members: PlanNode[], { stateOf }: DrawingOptions): Box {
  const [first] = members;
  if (!first) throw new Error(`${id}: a box without a node`);
  const states = stateOf ? new Map<UnitState, number>() : null;
  for (const node of members) if (states && stateOf) states.set(stateOf(node.id), (states.get(stateOf(node.id)) ?? 0) + 1);
  const label = Object.entries(first.label).map(([name, value]) => `${name}=${scalarText(value)}`);
  const details = members.length > 1 ? [count(members.length, 'node')] : label;
  return { id, step: first.step, kind: first.kind, family: familyOf(first), details, states };
}

function familyOf({ inputs, outputs, models }: PlanNode): Family {
  const types = Object.values(outputs);
  if (Object.keys(models).length > 0) return 'answers';
  if (types.includes('checkpoint')) return 'training';
  if (types.includes('metrics')) return 'measurement';
  if (types.includes('report')) return 'report';
  return Object.keys(inputs).length === 0 ? 'data' : 'items';
}

function arrowsOf(plan: Plan, { nodes, boxOf }: { nodes: Map<string, PlanNode>; boxOf: (id: string) => string }): Arrow[] {
  const arrows = new Map<string, Arrow>();
  for (const { id, inputs } of plan.nodes)
    for (const { node, output } of Object.values(inputs).flat()) {
      const type = nodes.get(node)?.outputs[output] ?? '';
      const arrow = { from: boxOf(node), to: boxOf(id), artifact: output === 'out' || output === type ? type : `${output} ${type}` };
      arrows.set(Object.values(arrow).join(' '), arrow);
    }
  return [...arrows.values()];
}

/** A box is in one cluster: that of the first group that contains it. */
function clustersOf({ groups }: Plan, boxOf: (id: string) => string): string[][] {
  const taken = new Set<string>();
  const clusters = groups.map(({ members }) => {
    const own = [...new Set(members.map(boxOf))].filter((box) => !taken.has(box));
    for (const box of own) taken.add(box);
    return own;
  });
  return clusters.filter((boxes) => boxes.length > 1);
}
