import { compareJson, type ValueChange } from './compare.ts';
import { nodeParts } from '../../plan/keys.ts';
import type { InputRef, Plan, PlanNode } from '../../plan/plan.ts';
import { labelOf, titleOf } from '../../plan/walk.ts';
import { count } from '../terminal/text.ts';

/** The nodes of two plans that belong to the same step, and those that only one plan has. */
interface PairedNodes {
  pairs: [before: PlanNode, after: PlanNode][];
  added: PlanNode[];
  removed: PlanNode[];
}

/** An artifact that is read; a side is missing if only the other side reads it. */
export interface PairedRefs {
  before?: InputRef;
  after?: InputRef;
}

/** Differences between two nodes apart from their inputs; paths begin with `settings`, `models`, `resources`, `version` or `kind`. */
export function compareParts(before: PlanNode, after: PlanNode): ValueChange[] {
  return compareJson(nodeParts(before), nodeParts(after));
}

/**
 * Pairs of nodes: first those of equal key, then those of the same step and label, then, of the rest of a step where
 * one side has a single node left, that node and the most similar one.
 */
export function pairNodes(before: Pick<Plan, 'nodes'>, after: Pick<Plan, 'nodes'>): PairedNodes {
  const pairs: PairedNodes['pairs'] = [];
  const open = { before: new Set(before.nodes), after: new Set(after.nodes) };
  const pair = (old: PlanNode, now: PlanNode): void => {
    pairs.push([old, now]);
    open.before.delete(old);
    open.after.delete(now);
  };
  for (const nameOf of [({ key }: PlanNode) => key, ({ step, label }: PlanNode) => `${step} ${labelOf(label)}`]) {
    const known = new Map([...open.before].map((node) => [nameOf(node), node]));
    for (const now of open.after) {
      const old = known.get(nameOf(now));
      if (old && open.before.has(old)) pair(old, now);
    }
  }
  const left = Map.groupBy(open.before, stepOfNode);
  for (const [step, now] of Map.groupBy(open.after, stepOfNode)) {
    const old = left.get(step) ?? [];
    const [one, other] = [old[0], now[0]];
    if (now.length === 1 && other && old.length > 0) pair(nearestOf(other, old), other);
    else if (old.length === 1 && one) pair(one, nearestOf(one, now));
  }
  return { pairs, added: [...open.after], removed: [...open.before] };
}

/**
 * The most similar node, the first if there are several: fewest differing parts and inputs, preferably of the same step.
 * `further` adds a distance that only the caller knows; each changed part counts 1.
 */
export function nearestOf(node: PlanNode, others: PlanNode[], further: (other: PlanNode) => number = () => 0): PlanNode {
  const [first, ...rest] = others.map((other) => ({ other, distance: distanceOf(other, node) + further(other) }));
  if (!first) throw new Error(`${node.id}: nothing to compare with`);
  return rest.reduce((best, each) => (each.distance < best.distance ? each : best), first).other;
}

/** The inputs of two nodes, matched: `isSame` says whether two artifacts are the same work, `stepOf` which step makes one. */
export function pairRefs(
  before: InputRef[],
  after: InputRef[],
  {
    isSame,
    stepOf,
  }: { isSame: (before: InputRef, after: InputRef) => boolean; stepOf: (ref: InputRef, side: 'before' | 'after') => string },
): PairedRefs[] {
  const left = [...before];
  const take = (fits: (ref: InputRef) => boolean): InputRef | undefined => {
    const at = left.findIndex(fits);
    return at === -1 ? undefined : left.splice(at, 1)[0];
  };
  const matched = new Map<InputRef, InputRef | undefined>();
  for (const ref of after)
    matched.set(
      ref,
      take((other) => isSame(other, ref)),
    );
  for (const ref of after)
    if (matched.get(ref) === undefined)
      matched.set(
        ref,
        take((other) => other.output === ref.output && stepOf(other, 'before') === stepOf(ref, 'after')),
      );
  const pairs = after.map((ref): PairedRefs => {
    const old = matched.get(ref) ?? (before.length === 1 && after.length === 1 ? take(() => true) : undefined);
    return old ? { before: old, after: ref } : { after: ref };
  });
  return [...pairs, ...left.map((ref) => ({ before: ref }))];
}

function distanceOf(before: PlanNode, after: PlanNode): number {
  const names = new Set([...Object.keys(before.inputs), ...Object.keys(after.inputs)]);
  const wiring = [...names].filter((name) => idsOfInput(before, name) !== idsOfInput(after, name)).length;
  const strangers = (before.kind === after.kind ? 0 : 1000) + (before.step === after.step ? 0 : 100);
  const labels = labelOf(before.label) === labelOf(after.label) ? 0 : 0.5;
  return compareParts(before, after).length + wiring + strangers + labels;
}

function idsOfInput({ inputs }: PlanNode, name: string): string {
  return (inputs[name] ?? []).map(({ node, output }) => `${node}.${output}`).join(' ');
}

function stepOfNode({ step }: PlanNode): string {
  return step;
}

/** Nodes by title, a step with more than three nodes by their number: `a, rm (seed=1), accuracy (1,400 nodes)`. */
export function listedNodes(nodes: PlanNode[]): string {
  const names = [...Map.groupBy(nodes, stepOfNode)].flatMap(([step, members]) =>
    members.length <= 3 ? members.map(titleOf) : [`${step} (${count(members.length, 'node')})`],
  );
  return names.length <= shownNames ? names.join(', ') : `${names.slice(0, shownNames).join(', ')} and ${names.length - shownNames} more`;
}

const shownNames = 6;
