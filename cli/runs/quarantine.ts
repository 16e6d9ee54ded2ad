import { createArtifacts } from '../../adapters/index.ts';
import { hashOf, nodeParts } from '../../plan/keys.ts';
import type { ParamValues, Plan, PlanNode, RunProgress } from '../../plan/index.ts';
import type { Store } from '../../ports/store.ts';
import { readPlacedChunk } from '../../records/chunk.ts';
import { finishedChunks } from '../../records/names.ts';
import { startRound } from '../../records/rounds.ts';
import { kindOf } from '../../schemas/index.ts';
import { nodesOfStep, pickNode } from './pick-node.ts';
import { resultsOf } from './step-output.ts';

/** Statuses of items whose model gave no usable answer. */
const withoutAnswer = ['unanswered', 'rejected', 'prompt-too-long', 'truncated', 'stopped-early', 'empty', 'refused'];

/** A step that asks a model, and how many of its items have no usable answer, by status. */
export interface Quarantine {
  node: PlanNode;
  items: { [status: string]: number };
}

/** The items of a run without a usable answer: of all steps, or of one. Steps without any are left out. */
export async function quarantineOf(
  store: Store,
  { record, plan, step, cell = {} }: { record: RunProgress; plan: Plan; step: string | undefined; cell?: ParamValues | undefined },
): Promise<Quarantine[]> {
  const named = step === undefined ? plan.nodes : nodesOfStep(plan, step, cell);
  const nodes = named.length > 0 || step === undefined ? named : [pickNode(plan, { address: step })];
  const results = await resultsOf(store, plan, record);
  const found: Quarantine[] = [];
  for (const node of nodes.filter(({ shape, models }) => shape === 'map' && Object.keys(models).length > 0)) {
    const artifact = results.get(node.id)?.outputs['out'];
    const statuses = artifact === undefined ? await statusesSoFar(store, record, node) : await statusesIn(store, artifact);
    const counted = withoutAnswer.filter((status) => statuses[status] && !kindOf(node.kind).useful?.includes(status));
    const items = Object.fromEntries(counted.map((status) => [status, statuses[status] ?? 0]));
    if (counted.length > 0) found.push({ node, items });
  }
  return found;
}

/** Has every later run of these steps ask again for the items. */
export async function releaseQuarantine(store: Store, quarantines: Quarantine[]): Promise<void> {
  const different = new Map(quarantines.map(({ node }) => [hashOf(nodeParts(node)), node]));
  for (const node of different.values()) await startRound(store, node);
}

async function statusesIn(store: Store, artifact: string): Promise<Quarantine['items']> {
  const { meta } = await createArtifacts(store).readManifest(artifact);
  const { judged } = meta as { judged?: { statuses: Quarantine['items'] } };
  return judged?.statuses ?? ((meta['statuses'] ?? {}) as Quarantine['items']);
}

/** Items by status of the chunks that are finished. */
async function statusesSoFar(store: Store, { units }: RunProgress, { id }: PlanNode): Promise<Quarantine['items']> {
  const sum: Quarantine['items'] = {};
  const unit = units.find(({ nodes }) => nodes.some((each) => each.id === id));
  if (unit?.key === undefined) return sum;
  const member = unit.nodes.findIndex((each) => each.id === id);
  for (const place of await finishedChunks(store, { group: unit.key, member })) {
    const { statuses = {} } = (await readPlacedChunk(store, place)) ?? {};
    for (const [status, count] of Object.entries(statuses)) sum[status] = (sum[status] ?? 0) + count;
  }
  return sum;
}
