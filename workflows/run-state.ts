import { titleOf, unitsOf } from '../plan/index.ts';
import type { Digest, NodeOutput, Outputs, Plan, PlanNode, RunProgress, Unit, UnitInput, UnitProgress } from '../plan/index.ts';
import { addCalls } from './shard.ts';

/** A run while the root walks it: the units, what they are waiting for and what is done. */
export interface RunState {
  progress: RunProgress;
  units: Unit[];
  outputs: Outputs;
  /** Result keys of finished nodes. */
  keys: { [node: string]: Digest };
  nodes: { total: number; ran: number; reused: number };
  calls: { [endpoint: string]: number };
  trainingSteps: number;
}

/** The state of a run whose plan is known: everything waits. */
export function openRun(progress: RunProgress, plan: Plan, digest: Digest): RunState {
  const units = unitsOf(plan);
  progress.plan = digest;
  progress.units = units.map(({ id, nodes }) => ({
    id,
    nodes: nodes.map((node) => ({ id: node.id, kind: node.kind })),
    state: 'waiting',
  }));
  const nodes = { total: plan.nodes.length, ran: 0, reused: 0 };
  return { progress, units, outputs: {}, keys: {}, nodes, calls: {}, trainingSteps: 0 };
}

/** Units that wait and whose needs are all there. */
export function readyUnits(state: RunState): Unit[] {
  return state.units.filter(
    (unit) => entryOf(state, unit.id).state === 'waiting' && unit.needs.every((need) => isDone(entryOf(state, need))),
  );
}

export function allDone(state: RunState): boolean {
  return state.progress.units.every(isDone);
}

/** What a unit needs to be looked up and run: its nodes and the digests that enter it. */
export function unitInput(state: RunState, unit: Unit): UnitInput {
  const inputs: UnitInput['inputs'] = {};
  const sources: UnitInput['sources'] = {};
  for (const node of unit.nodes) {
    const entering: { [name: string]: Digest[] } = {};
    for (const [name, refs] of Object.entries(node.inputs)) {
      for (const { node: id } of refs) {
        const key = state.keys[id];
        if (key !== undefined) sources[id] = { key, inputs: nodeIn(state, id).inputs };
      }
      const digests = refs.map((ref) => state.outputs[ref.node]?.[ref.output]).filter((digest) => digest !== undefined);
      if (digests.length > 0) entering[name] = digests;
    }
    inputs[node.id] = entering;
  }
  const titles = titlesOf(state, sources);
  return { id: unit.id, pipeline: state.progress.name, nodes: unit.nodes, group: unit.group !== null, inputs, sources, titles };
}

function titlesOf(state: RunState, sources: UnitInput['sources']): UnitInput['titles'] {
  const read = Object.entries(sources).flatMap(([id, { inputs }]) => [id, ...Object.values(inputs).flat().map(({ node }) => node)]);
  const titles = [...new Set(read)].map((id) => [id, titleOf(nodeIn(state, id))] as const);
  return Object.fromEntries(titles.filter(([id, title]) => id !== title));
}

/** Records a finished unit. Nodes in `reused` were there before; the others count as run, with what they cost. */
export function settle(state: RunState, unit: Unit, results: NodeOutput, reused: Set<string>, now: number): void {
  const entry = entryOf(state, unit.id);
  const calls: { [endpoint: string]: number } = {};
  let steps = 0;
  let seconds = 0;
  for (const node of unit.nodes) {
    const result = results[node.id];
    if (!result) throw new Error(`${unit.id}: no result for ${node.id}`);
    state.outputs[node.id] = result.outputs;
    state.keys[node.id] = result.key;
    if (reused.has(node.id)) {
      state.nodes.reused++;
      continue;
    }
    state.nodes.ran++;
    addCalls(calls, result.calls);
    steps += result.training_steps;
    seconds = Math.max(seconds, result.seconds);
  }
  addCalls(state.calls, calls);
  state.trainingSteps += steps;
  entry.state = reused.size === unit.nodes.length ? 'reused' : 'done';
  entry.finished = now;
  if (entry.state === 'done') Object.assign(entry, { calls, training_steps: steps, seconds });
}

/** The record of a unit. */
export function entryOf(state: RunState, id: string): UnitProgress {
  const entry = state.progress.units.find((each) => each.id === id);
  if (!entry) throw new Error(`no unit ${id}`);
  return entry;
}

function nodeIn(state: RunState, id: string): PlanNode {
  const node = state.units.flatMap((unit) => unit.nodes).find((each) => each.id === id);
  if (!node) throw new Error(`no node ${id}`);
  return node;
}

function isDone(entry: UnitProgress): boolean {
  return entry.state === 'done' || entry.state === 'reused';
}
