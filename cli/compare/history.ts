import type { Store } from '../../ports/store.ts';
import { createKept, planVersion, resultKeyOf, standingOf } from '../../plan/index.ts';
import type { Digest, NodeResult, Plan, PlanNode, RunProgress, UnitProgress } from '../../plan/index.ts';
import { foresee, type Foresight } from '../plan/reuse.ts';
import { listRuns, planOfRun, runsLookedAt } from '../runs/runs.ts';
import { readResult } from '../../records/results.ts';
import { memberKey } from '../runs/step-output.ts';

/** A plan with the results that the store has for its nodes. */
export interface View {
  plan: Plan;
  node(id: string): PlanNode;
  /** The recorded result of a node, by the key that follows from its inputs; null if there is none. */
  resultOf(id: string): Promise<NodeResult | null>;
}

/** An earlier run: its plan, how its units ended, and its results that are still in the store. */
export interface EarlierRun extends View {
  run: RunProgress;
  unitOf(id: string): UnitProgress | undefined;
  /** The state in which the run left a node, or has it now. */
  stateOf(id: string): UnitProgress['state'];
  byKey: Map<Digest, PlanNode>;
  byKind: Map<string, PlanNode[]>;
  /** Result keys of the nodes of a kind that this run executed, with the time each was finished. */
  madeOf(kind: string): Promise<Map<Digest, number>>;
}

/** When a run finished a node, or the run itself if it did nothing about the node; Infinity while the run continues. */
export function endedAt({ run, unitOf }: EarlierRun, id: string): number {
  return unitOf(id)?.finished ?? run.finished ?? Infinity;
}

/** The runs of a store that have a plan, newest first; given a run, only the others that began before it ended. */
export async function readHistory(store: Store, of?: RunProgress): Promise<EarlierRun[]> {
  const isEarlier = ({ run, started }: RunProgress): boolean => run !== of?.run && started < (of?.finished ?? Infinity);
  const records = (await listRuns(store)).filter(isEarlier).slice(0, runsLookedAt);
  const plans = createKept<Digest, Promise<Plan | null>>();
  const views: EarlierRun[] = [];
  for (const record of records) {
    const plan = await plans(record.plan ?? '', () => planOfRun(store, record).catch(() => null));
    if (plan?.version === planVersion) views.push(runView(store, record, plan));
  }
  return views;
}

/** A run with the keys it computed: the key of a source includes the content that the run read. */
export function runView(store: Store, run: RunProgress, plan: Plan): EarlierRun {
  const units = new Map(run.units.flatMap((unit) => unit.nodes.map(({ id }) => [id, unit] as const)));
  const unitOf = (id: string): UnitProgress | undefined => units.get(id);
  const node = nodesById(plan);
  const results = createKept<string, Promise<NodeResult | null>>();
  const known = new Map<string, NodeResult>();
  const look = async (id: string): Promise<NodeResult | null> => {
    const own = node(id);
    for (const ref of Object.values(own.inputs).flat()) await resultOf(ref.node);
    const unit = unitOf(id);
    const key = (unit && resultKeyOf(unit, id)) ?? memberKey(own, known);
    const result = key === null ? null : await readResult(store, key);
    if (result) known.set(id, result);
    return result;
  };
  const resultOf = (id: string): Promise<NodeResult | null> => results(id, () => look(id));
  const made = createKept<string, Promise<Map<Digest, number>>>();
  const view: EarlierRun = {
    plan,
    node,
    resultOf,
    run,
    unitOf,
    stateOf: (id) => {
      const unit = unitOf(id);
      return unit ? standingOf(unit, id).state : 'waiting';
    },
    byKey: new Map(plan.nodes.map((each) => [each.key, each])),
    byKind: Map.groupBy(plan.nodes, ({ kind }) => kind),
    madeOf: (kind) => made(kind, () => keysMade(view, kind)),
  };
  return view;
}

async function keysMade(view: EarlierRun, kind: string): Promise<Map<Digest, number>> {
  const keys = new Map<Digest, number>();
  for (const { id } of view.byKind.get(kind) ?? [])
    if (view.unitOf(id)?.state === 'done') keys.set((await view.resultOf(id))?.key ?? '', endedAt(view, id));
  return keys;
}

/** A plan that has not been run, with the results that a run would reuse; they are read on demand. */
export function fileView(store: Store | null, plan: Plan): View {
  let foresight: Promise<Foresight> | null = null;
  const resultOf = async (id: string): Promise<NodeResult | null> => {
    foresight ??= foresee(plan, store);
    return (await foresight).results.get(id) ?? null;
  };
  return { plan, node: nodesById(plan), resultOf };
}

function nodesById({ nodes }: Plan): View['node'] {
  const known = new Map(nodes.map((node) => [node.id, node]));
  return (id) => {
    const found = known.get(id);
    if (!found) throw new Error(`the plan has no node ${id}`);
    return found;
  };
}
