import { hashOf, nodeParts, resultKey } from '../../plan/keys.ts';
import { costOfCall } from '../../plan/index.ts';
import type { Digest, JsonObject, LookupInput, NodeSummary, PlanNode, UnitFound, UnitInput } from '../../plan/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { digestOfTemplate, hasOwnTemplate } from './own-template.ts';
import { openPlan } from './plan-table.ts';
import type { Store } from '../../ports/store.ts';
import { forgottenPart, readForgotten, readsTexts } from '../../records/forgotten.ts';
import { readPin, renewPin } from '../../records/pins.ts';
import { kindOf } from '../../schemas/index.ts';
import { readWholeResult, summaryOf } from '../../records/results.ts';
import { readRound } from '../../records/rounds.ts';
import { noteRun } from '../../records/run.ts';
import { fingerprintOf } from './sources.ts';
import { unitInputOf } from './unit-input.ts';
import { callsPerItem, sourceOf } from './unit-items.ts';
import type { UnitWork } from './unit-work.ts';

/** Keys of a wave of ready units, and their results in the store. First records the state of the run. */
export function lookup(dependencies: Pick<Dependencies, 'store' | 'config' | 'artifacts'>) {
  const { store } = dependencies;
  return async ({ run, started, plan, units, delta }: LookupInput): Promise<UnitFound[]> => {
    if (delta) await noteRun(store, delta);
    const table = await openPlan(store, plan);
    return Promise.all(
      units.map(async (ref) => {
        const { unit, left } = await unitInputOf(table, ref, { store, run, started });
        if (unit.nodes.length === 0) return { index: ref.index, left, key: '', looked: {}, results: {} };
        const looked = await lookInto(dependencies, unit, { run, again: ref.again ?? [] });
        const { key, results } = await lookUp(store, { unit, parts: partsOf(unit, looked) }, { check: ref.check ?? false });
        const most = unit.group ? await mostOf(dependencies, unit) : {};
        return { index: ref.index, ...(Object.keys(left).length > 0 && { left }), key, looked, results, ...most };
      }),
    );
  };
}

/** The model calls of a group if none of its answers exist, and what they may cost. */
async function mostOf(
  { artifacts, config }: Pick<Dependencies, 'artifacts' | 'config'>,
  unit: UnitInput,
): Promise<Pick<UnitFound, 'calls' | 'money'>> {
  const calls = unit.nodes.reduce((sum, node) => sum + callsPerItem(node), 0);
  if (calls === 0) return {};
  const money = unit.nodes.reduce((sum, node) => sum + callsPerItem(node) * costOfNode(node, config), 0);
  const { rows } = await artifacts.readManifest(sourceOf(unit));
  return { ...(rows > 0 && { calls: calls * rows }), ...(rows * money > 0 && { money: money * rows }) };
}

/** What a call of a node may cost. */
function costOfNode({ models: { model } }: PlanNode, { endpoints }: Pick<Dependencies['config'], 'endpoints'>): number {
  const price = model && endpoints[model.endpoint]?.price;
  return price ? costOfCall(model.endpoint, model.sampling.max_tokens, { [model.endpoint]: price }) : 0;
}

/**
 * Parts of keys that are known only at this point: the content of source folders and what they leave out, the run that refreshed a source,
 * how often items without an answer were asked for again, and that a run asked for the work again.
 */
async function lookInto(
  dependencies: Pick<Dependencies, 'config' | 'store'>,
  { nodes }: UnitInput,
  { run, again }: { run: string; again: string[] },
): Promise<UnitFound['looked']> {
  const looked: UnitFound['looked'] = {};
  for (const node of nodes) {
    const isAgain = again.includes(node.id);
    const isPinned = kindOf(node.kind).pinned === true;
    const content = isPinned ? await pinOf(dependencies, node, isAgain ? run : null) : await contentOf(dependencies, node);
    if (content !== null) looked[node.id] = { content };
    const left = readsTexts(node) ? forgottenPart(await readForgotten(dependencies.store)) : {};
    if (Object.keys(left).length > 0) looked[node.id] = { ...looked[node.id], ...left };
    const round = Object.keys(node.models).length > 0 ? await readRound(dependencies.store, node) : 0;
    if (round > 0) looked[node.id] = { ...looked[node.id], round };
    if (isAgain && !isPinned) looked[node.id] = { ...looked[node.id], again: run };
  }
  return looked;
}

/** The text of a prompt template counts, since it is read for each chunk; of other files, whether they have changed. */
function contentOf(dependencies: Pick<Dependencies, 'config'>, node: PlanNode): Promise<string | null> {
  return hasOwnTemplate(node) ? digestOfTemplate(dependencies, node) : fingerprintOf(dependencies, node);
}

function pinOf({ store }: Pick<Dependencies, 'store'>, node: PlanNode, refreshing: string | null): Promise<string | null> {
  return refreshing === null ? readPin(store, node) : renewPin(store, node, refreshing);
}

/** The parts of the keys of a unit's nodes, their inputs aside, by node. */
export function partsOf({ nodes }: UnitInput, looked: UnitFound['looked']): { [node: string]: JsonObject } {
  return Object.fromEntries(nodes.map((node) => [node.id, { ...nodeParts(node), ...looked[node.id] }]));
}

/** Result key of a unit, and the complete results that the store has. */
export async function lookUp(
  store: Store,
  { unit, parts }: UnitWork,
  { check = false } = {},
): Promise<{ key: Digest; results: { [node: string]: NodeSummary } }> {
  const results: { [node: string]: NodeSummary } = {};
  let nodeKey: Digest | null = null;
  for (const node of unit.nodes) {
    const own = parts[node.id] ?? {};
    const inputs = knownInputs(node, unit, results);
    if (!inputs) continue;
    nodeKey = resultKey(own, inputs);
    const result = await readWholeResult(store, nodeKey, { check, use: true });
    if (result) results[node.id] = summaryOf(result);
  }
  const key = unit.group ? groupKey(unit, parts) : nodeKey;
  if (!key) throw new Error(`${unit.id}: inputs are missing`);
  return { key, results };
}

/** Id of a group: a hash of what its members do and of the digests that enter it, without the members' names. */
function groupKey(unit: UnitInput, parts: { [node: string]: JsonObject }): Digest {
  const place = new Map(unit.nodes.map((node, index) => [node.id, index]));
  const members = unit.nodes.map((node) => ({
    parts: parts[node.id] ?? {},
    wiring: Object.fromEntries(
      Object.entries(node.inputs).map(([name, refs]) => [name, refs.map((ref) => place.get(ref.node) ?? ref.output)]),
    ),
    entering: unit.inputs[node.id] ?? {},
  }));
  return hashOf({ group: members });
}

/** Digests of all inputs of a node, or null if a member before it has no result yet. */
export function knownInputs(
  node: PlanNode,
  unit: UnitInput,
  results: { [node: string]: Pick<NodeSummary, 'outputs'> },
): { [name: string]: Digest[] } | null {
  const members = new Set(unit.nodes.map((each) => each.id));
  const inputs: { [name: string]: Digest[] } = {};
  for (const [name, refs] of Object.entries(node.inputs)) {
    const entering = [...(unit.inputs[node.id]?.[name] ?? [])];
    const digests = refs.map((ref) => (members.has(ref.node) ? results[ref.node]?.outputs[ref.output] : entering.shift()));
    if (digests.some((digest) => digest === undefined)) return null;
    inputs[name] = digests.filter((digest) => digest !== undefined);
  }
  return inputs;
}
