import { isEqualJson } from '../../plan/json.ts';
import { nearestOf } from '../compare/nodes.ts';
import { titleOf, type PlanNode } from '../../plan/index.ts';
import { hashOf, nodeParts } from '../../plan/keys.ts';
import { endedAt, type EarlierRun, type View } from '../compare/history.ts';

/** What a node is compared with: its own plan and other runs, newest first. */
export interface Grounds {
  view: View;
  history: EarlierRun[];
  /** Only nodes finished by then count, milliseconds since the epoch; Infinity: all. */
  by: number;
}

/** How many nodes of earlier runs are compared to find the nearest. */
const candidatesLookedAt = 200;

/** A node of an earlier run. */
interface EarlierNode {
  run: EarlierRun;
  id: string;
}

/** Nodes of equal plan key, newest first. */
export function sameWork(node: PlanNode, { history, by }: Grounds): EarlierNode[] {
  return history.flatMap((run) => {
    const found = run.byKey.get(node.key);
    return found && endedAt(run, found.id) <= by ? [{ run, id: found.id }] : [];
  });
}

/** The most similar node with a result: in the same cell of the step, else of the step, else of the kind. */
export async function nearestNode(node: PlanNode, { view, history, by }: Grounds): Promise<EarlierNode | null> {
  const fits = [
    (other: PlanNode) => other.step === node.step && isEqualJson(other.label, node.label),
    (other: PlanNode) => other.step === node.step,
    () => true,
  ];
  for (const isFit of fits) {
    const candidates = new Map<PlanNode, EarlierRun>();
    const seen = new Set<string>();
    for (const run of history)
      for (const other of run.byKind.get(node.kind) ?? []) {
        if (candidates.size === candidatesLookedAt || seen.has(other.key) || !isFit(other)) continue;
        if (endedAt(run, other.id) > by || (await run.resultOf(other.id)) === null) continue;
        seen.add(other.key);
        candidates.set(other, run);
      }
    if (candidates.size === 0) continue;
    const own = ancestry(node, view);
    const other = nearestOf(node, [...candidates.keys()], (each) => strangers(own, ancestry(each, candidates.get(each) ?? view)));
    const run = candidates.get(other);
    if (run) return { run, id: other.id };
  }
  return null;
}

/** How many nodes above are compared to tell how far two nodes share their origin. */
const ancestorsLookedAt = 100;

/** The keys of the nodes above a node, by step and label; in a wide graph only the nearest. */
function ancestry(node: PlanNode, view: View): Map<string, string> {
  const found = new Map<string, PlanNode>([[node.id, node]]);
  for (const each of found.values())
    for (const { node: id } of Object.values(each.inputs).flat()) if (found.size < ancestorsLookedAt) found.set(id, view.node(id));
  found.delete(node.id);
  return new Map([...found.values()].map((each) => [titleOf(each), partsHash(each)]));
}

/** Share of the nodes above one node that differ from those above the other: decides between otherwise equal nodes. */
function strangers(own: Map<string, string>, other: Map<string, string>): number {
  const differing = [...own].filter(([title, hash]) => other.get(title) !== hash).length;
  return own.size === 0 ? 0 : (differing / own.size) * 0.4;
}

const hashes = new WeakMap<PlanNode, string>();

function partsHash(node: PlanNode): string {
  const hash = hashes.get(node) ?? hashOf(nodeParts(node));
  hashes.set(node, hash);
  return hash;
}
