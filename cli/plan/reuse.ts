import type { Store } from '../../ports/store.ts';
import type { Digest, NodeResult, Plan, PlanNode } from '../../plan/index.ts';
import { isKind, kindOf } from '../../schemas/index.ts';
import { inParts } from '../runs/in-parts.ts';
import { planOfRun, runsLookedAt, runsOf, type Runs } from '../runs/runs.ts';
import { readResult } from '../../records/results.ts';
import { memberKey } from '../runs/step-output.ts';
import { nodeParts, resultKey } from '../../plan/keys.ts';
import { resultKeys } from '../../records/names.ts';
import { forgottenPart, readForgotten } from '../../records/forgotten.ts';
import { readPin } from '../../records/pins.ts';

/**
 * What a node would do. The content of a source is read only when a run reaches it: until then its reuse, and that of the
 * steps after it, assumes that it is unchanged.
 */
export type Outlook = 'to run' | 'reused' | 'reused if unchanged';

/** Outlooks by node id, and the recorded results they are based on. */
export interface Foresight {
  outlookOf(id: string): Outlook;
  results: Map<string, NodeResult>;
}

/**
 * Goes through the plan wave by wave, as a run would, with the results in the store. One listing of the store shows which
 * results exist, so that only those are read.
 */
export async function foresee(plan: Pick<Plan, 'nodes'>, store: Store | null, runs = store && runsOf(store)): Promise<Foresight> {
  const results = new Map<string, NodeResult>();
  const resting = new Set<string>();
  if (store && runs) {
    const recorded = await resultKeys(store);
    const seen = await sourcesSeen(plan.nodes.filter(isSource), { store, runs });
    const pinned = await pinnedKeys(store, plan.nodes);
    const keyOf = (node: PlanNode) => pinned.get(node.id) ?? (isSource(node) ? (seen.get(node.key) ?? null) : memberKey(node, results));
    for (const wave of wavesOf(plan.nodes)) {
      const known = wave.flatMap((node) => {
        const key = keyOf(node);
        return key !== null && recorded.has(key) ? [{ node, key }] : [];
      });
      if (known.length === 0) break;
      await inParts(known, ({ node, key }) => takeResult(store, { node, key }, results));
      for (const { node } of known) if (isSource(node) || refsOf(node).some((ref) => resting.has(ref.node))) resting.add(node.id);
    }
  }
  const outlookOf = (id: string): Outlook => (!results.has(id) ? 'to run' : resting.has(id) ? 'reused if unchanged' : 'reused');
  return { outlookOf, results };
}

async function takeResult(store: Store, { node, key }: { node: PlanNode; key: Digest }, results: Map<string, NodeResult>): Promise<void> {
  const result = await readResult(store, key);
  if (result) results.set(node.id, result);
}

/** Nodes by the length of the longest path to them: a wave reads only earlier waves. */
function wavesOf(nodes: PlanNode[]): PlanNode[][] {
  const depth = new Map<string, number>();
  const waves: PlanNode[][] = [];
  for (const node of nodes) {
    let own = 0;
    for (const { node: id } of refsOf(node)) own = Math.max(own, (depth.get(id) ?? -1) + 1);
    depth.set(node.id, own);
    (waves[own] ??= []).push(node);
  }
  return waves;
}

function refsOf({ inputs }: PlanNode): PlanNode['inputs'][string] {
  return Object.values(inputs).flat();
}

/** Result keys of nodes whose source changes by itself, as the run that last refreshed them left them. */
async function pinnedKeys(store: Store, nodes: PlanNode[]): Promise<Map<string, Digest>> {
  const pinned = nodes.filter(({ kind }) => isKind(kind) && kindOf(kind).pinned);
  const left = forgottenPart(await readForgotten(store));
  const keys = pinned.map(async (node): Promise<[string, Digest]> => {
    const content = await readPin(store, node);
    return [node.id, resultKey({ ...nodeParts(node), ...(content !== null && { content }), ...left }, {})];
  });
  return new Map(await Promise.all(keys));
}

/** Whether a node reads a folder, whose content is read only when a run reaches it. */
export function isSource({ kind, resources }: PlanNode): boolean {
  return isKind(kind) && Object.keys(kindOf(kind).sources).some((setting) => resources[setting]);
}

/** The latest result keys of sources in earlier runs, by plan key. */
async function sourcesSeen(wanted: PlanNode[], { store, runs }: { store: Store; runs: Runs }): Promise<Map<string, Digest>> {
  const seen = new Map<string, Digest>();
  const open = new Set(wanted.map(({ key }) => key));
  if (open.size === 0) return seen;
  for (const run of (await runs()).slice(0, runsLookedAt)) {
    const plan = await planOfRun(store, run).catch(() => null);
    const keys = new Map(run.units.map(({ id, key }) => [id, key]));
    for (const node of plan?.nodes ?? []) {
      const key = isSource(node) && open.has(node.key) ? keys.get(node.id) : undefined;
      if (key !== undefined && open.delete(node.key)) seen.set(node.key, key);
    }
    if (open.size === 0) break;
  }
  return seen;
}
