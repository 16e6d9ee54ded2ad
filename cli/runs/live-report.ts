import { isMade, resultKeyOf, sourceNode, standingOf, titleOf } from '../../plan/index.ts';
import type { Digest, InputRef, Plan, PlanNode, RunProgress, UnitInput, UnitProgress } from '../../plan/index.ts';
import type { ReportInput } from '../../ports/report.ts';
import type { Store } from '../../ports/store.ts';
import { readResult } from '../../records/results.ts';
import { kindOf } from '../../schemas/index.ts';

/** What a report of a run would show now: the results that are there; null where the plan has no report. */
export async function reportInputNow(store: Store, record: RunProgress, plan: Plan): Promise<ReportInput | null> {
  const node = plan.nodes.findLast(({ kind }) => kindOf(kind).outputs['out'] === 'report');
  if (!node) return null;
  const [{ createArtifacts }, { gatherReport }] = await Promise.all([import('../../adapters/index.ts'), import('../../report/index.ts')]);
  const unit = await unitNow(store, { node, record, plan });
  const [whole = node] = unit.nodes;
  const title = typeof node.settings['title'] === 'string' ? node.settings['title'] : plan.name;
  const created = new Date(record.finished ?? Date.now()).toISOString();
  return gatherReport({ store, artifacts: createArtifacts(store) }, { unit, node: whole, title, created });
}

/** The report's unit with what has been made so far of what it reads. */
async function unitNow(store: Store, { node, record, plan }: { node: PlanNode; record: RunProgress; plan: Plan }): Promise<UnitInput> {
  const nodes = new Map(plan.nodes.map((each) => [each.id, each]));
  const units = new Map(record.units.flatMap((unit) => unit.nodes.map(({ id }) => [id, unit] as const)));
  const made = new Map<string, { key: Digest; outputs: { [output: string]: Digest } }>();
  const read = [...new Set(Object.values(node.inputs).flatMap((refs) => refs.map(({ node: id }) => id)))];
  for (const id of read) {
    const unit = units.get(id);
    const key = unit && isMade(standingOf(unit, id).state) ? resultKeyOf(unit, id) : undefined;
    const result = key === undefined ? null : await readResult(store, key);
    if (result) made.set(id, result);
  }
  const inputs: { [name: string]: InputRef[] } = {};
  for (const [name, refs] of Object.entries(node.inputs)) inputs[name] = refs.filter(({ node: id }) => made.has(id));
  const digestOf = (ref: InputRef): Digest => made.get(ref.node)?.outputs[ref.output] ?? '';
  const entering = Object.entries(inputs).map(([name, refs]) => [name, refs.map(digestOf)]);
  const sources = [...made].flatMap(([id, { key }]) => {
    const source = nodes.get(id);
    return source ? [[id, { key, ...sourceNode(source, (each) => nodes.get(each)) }] as const] : [];
  });
  const left = read.filter((id) => !made.has(id));
  const missing = left.map((id) => [id, { title: titled(nodes.get(id), id), why: whyMissing(units.get(id), id) }]);
  return {
    id: node.id,
    pipeline: plan.name,
    nodes: [{ ...node, inputs }],
    group: false,
    inputs: { [node.id]: Object.fromEntries(entering) as UnitInput['inputs'][string] },
    sources: Object.fromEntries(sources),
    missing: Object.fromEntries(missing) as UnitInput['missing'],
  };
}

function titled(node: PlanNode | undefined, id: string): string {
  return node ? titleOf(node) : id;
}

/** Why a node has no result, in a few words. */
function whyMissing(unit: UnitProgress | undefined, id: string): string {
  const { state, why } = unit ? standingOf(unit, id) : { state: 'waiting' };
  if (state === 'skipped') return why ?? 'skipped';
  if (state === 'failed' || state === 'parked') return `failed: ${unit?.failure?.message ?? 'no message'}`;
  return state === 'cancelled' ? 'cancelled' : 'not finished yet';
}
