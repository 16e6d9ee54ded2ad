import { nodeById, sourceNode, titleOf } from '../../plan/index.ts';
import type { Above, Digest, InputRef, Made, PlanNode, UnitInput, UnitRef } from '../../plan/index.ts';
import type { PlanTable } from './plan-table.ts';
import { readResult } from '../../records/results.ts';
import { endedNodes, type RecordedIn } from '../../records/run.ts';

/** A unit without the nodes that are left out, and why they are. */
interface UnitWithout {
  unit: UnitInput;
  left: { [node: string]: string };
}

/**
 * What is needed to look up and run a unit: its nodes from the plan, and what enters them. Skipped nodes are removed from their
 * inputs; a node with an input of which nothing remains is left out itself.
 */
export async function unitInputOf(table: PlanTable, ref: UnitRef, where: RecordedIn): Promise<UnitWithout> {
  const unit = table.units[ref.index];
  if (!unit) throw new Error(`the plan has no unit ${ref.index}`);
  const own = new Set(unit.nodes.map(({ id }) => id));
  const read = [...new Set(unit.nodes.flatMap(readBy))].filter((id) => !own.has(id));
  const { made, skipped } = ref.above ?? (await recorded(read, where));
  const left = leftOut(table, unit.nodes, { skipped, without: ref.without ?? {} });
  const nodes = unit.nodes.filter(({ id }) => !(id in left)).map((node) => withChanges(node, { skipped, run: ref.run }));
  const outside = read.filter((id) => !(id in skipped));
  const inputs: UnitInput['inputs'] = {};
  for (const node of nodes) inputs[node.id] = enteringOf(node, made);
  const sources = Object.fromEntries(
    outside.map((id) => [id, { key: made[id]?.key ?? '', ...sourceNode(nodeById(table.nodes, id), (each) => table.nodes.get(each)) }]),
  );
  const missing = Object.fromEntries(
    read.flatMap((id) => (id in skipped ? [[id, { title: titleOf(nodeById(table.nodes, id)), why: skipped[id] ?? '' }]] : [])),
  );
  return { unit: { id: unit.id, pipeline: table.plan.name, nodes, group: unit.group !== null, inputs, sources, missing }, left };
}

/** Which of a unit's nodes are left out: by decision, or because everything that one of their inputs reads is. */
function leftOut(
  table: PlanTable,
  nodes: PlanNode[],
  { skipped, without }: Pick<Above, 'skipped'> & { without: NonNullable<UnitRef['without']> },
): UnitWithout['left'] {
  const left: UnitWithout['left'] = {};
  const isGone = ({ node }: InputRef) => node in skipped || node in left;
  for (const { id, inputs } of nodes) {
    const lost = Object.values(inputs).find((refs) => refs.length > 0 && refs.every(isGone))?.[0];
    const why = without[id] ?? (lost && `needs ${titleOf(nodeById(table.nodes, lost.node))}, which was skipped`);
    if (why !== undefined) left[id] = why;
  }
  return left;
}

/** A node without skipped inputs, and with the changes of `run:` that a decision made. */
function withChanges(node: PlanNode, { skipped, run = {} }: Pick<Above, 'skipped'> & { run: UnitRef['run'] }): PlanNode {
  const inputs = Object.fromEntries(
    Object.entries(node.inputs).map(([name, refs]) => [name, refs.filter((ref) => !(ref.node in skipped))]),
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

/** The results of nodes from the run's record, for a unit that reads more than a message can hold. */
async function recorded(ids: string[], where: RecordedIn): Promise<Above> {
  const ended = await endedNodes(ids, where);
  const above: Above = { made: {}, skipped: {} };
  for (const id of ids) {
    const { key = '', why } = ended.get(id) ?? {};
    if (why !== undefined) above.skipped[id] = why;
    const result = why === undefined ? await readResult(where.store, key) : null;
    if (result) above.made[id] = { key: result.key, outputs: result.outputs };
  }
  return above;
}

function readBy({ inputs }: PlanNode): string[] {
  return Object.values(inputs).flatMap((refs) => refs.map(({ node }) => node));
}
