import { titleOf } from '../plan/index.ts';
import type { Digest, InputRef, Made, PlanNode, RunProgress, UnitInput, UnitRef } from '../plan/index.ts';
import type { PlanTable } from './plan-table.ts';
import type { Store } from './ports.ts';
import { readResult } from './results.ts';

/**
 * What a unit needs to be looked up and run: its nodes as the plan has them, and what enters them. What it goes on without
 * is taken out of its lists.
 */
export async function unitInputOf(table: PlanTable, ref: UnitRef, { store, run }: { store: Store; run: string }): Promise<UnitInput> {
  const unit = table.units[ref.index];
  if (!unit) throw new Error(`the plan has no unit ${ref.index}`);
  const nodes = unit.nodes.map((node) => withChanges(node, ref));
  const own = new Set(nodes.map(({ id }) => id));
  const outside = [...new Set(nodes.flatMap(readBy))].filter((id) => !own.has(id));
  const made = ref.made ?? (await madeBy(outside, { store, run }));
  const inputs: UnitInput['inputs'] = {};
  for (const node of nodes) inputs[node.id] = enteringOf(node, made);
  const sources = Object.fromEntries(outside.map((id) => [id, { key: made[id]?.key ?? '', inputs: nodeOf(table, id).inputs }]));
  const named = new Set([...outside, ...outside.flatMap((id) => readBy(nodeOf(table, id)))]);
  const titles = Object.fromEntries([...named].map((id) => [id, titleOf(nodeOf(table, id))] as const).filter(([id, title]) => id !== title));
  const missing = Object.fromEntries(Object.entries(ref.skipped).map(([id, why]) => [titleOf(nodeOf(table, id)), why]));
  return { id: unit.id, pipeline: table.plan.name, nodes, group: unit.group !== null, inputs, sources, titles, missing };
}

/** A node without the inputs that are skipped, and with the changes of `run:` that a decision made. */
function withChanges(node: PlanNode, { skipped, run = {} }: UnitRef): PlanNode {
  const inputs = Object.fromEntries(
    Object.entries(node.inputs).map(([name, refs]) => [name, refs.length > 1 ? refs.filter((ref) => !(ref.node in skipped)) : refs]),
  );
  return { ...node, inputs, run: { ...node.run, ...run, budget: { ...node.run.budget, ...run.budget } } };
}

function enteringOf({ inputs }: PlanNode, made: { [node: string]: Made }): { [name: string]: Digest[] } {
  const entering: { [name: string]: Digest[] } = {};
  for (const [name, refs] of Object.entries(inputs)) {
    const digests = refs.map((ref: InputRef) => made[ref.node]?.outputs[ref.output]).filter((digest) => digest !== undefined);
    if (digests.length > 0) entering[name] = digests;
  }
  return entering;
}

/** What nodes have made, by the run's record; for a unit that reads more than a message can hold. */
async function madeBy(ids: string[], { store, run }: { store: Store; run: string }): Promise<{ [node: string]: Made }> {
  const bytes = await store.readNote(`runs/${run}/progress.json`);
  const { units } = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array())) as RunProgress;
  const keys = new Map(units.flatMap(({ nodes }) => nodes.map(({ id, key }) => [id, key])));
  const made: { [node: string]: Made } = {};
  for (const id of ids) {
    const result = await readResult(store, keys.get(id) ?? '');
    if (result) made[id] = { key: result.key, outputs: result.outputs };
  }
  return made;
}

function readBy({ inputs }: PlanNode): string[] {
  return Object.values(inputs).flatMap((refs) => refs.map(({ node }) => node));
}

function nodeOf({ nodes }: PlanTable, id: string): PlanNode {
  const node = nodes.get(id);
  if (!node) throw new Error(`the plan has no node ${id}`);
  return node;
}
