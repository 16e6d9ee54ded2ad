import { createKept, unitsOf, type Digest, type Plan, type PlanNode, type Unit, type UnitPage, type UnitRow } from '../../plan/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Store } from '../../ports/store.ts';
import { readPlan } from '../../records/plan.ts';

/** A plan with its units and its nodes by id. */
export interface PlanTable {
  plan: Plan;
  units: Unit[];
  nodes: Map<string, PlanNode>;
}

/** Largest page in bytes: the server rejects payloads over 2 MB and warns above 256 KB. */
const pageBytes = 200_000;

/** Plans kept open in one worker. */
const kept = 4;

const open = createKept<string, Promise<PlanTable>>(kept);

/** The plan with this digest; opened once in a worker. */
export function openPlan(store: Store, digest: Digest): Promise<PlanTable> {
  return open(`${store.id}/${digest}`, () => readPlanTable(store, digest));
}

/** The units of a plan for the root workflow, page by page. */
export function readUnits({ store }: Pick<Dependencies, 'store'>) {
  return async ({ plan: digest, from }: { plan: Digest; from: number }): Promise<UnitPage> => {
    const table = await openPlan(store, digest);
    const places = indicesByNode(table);
    const units: UnitRow[] = [];
    let bytes = 0;
    for (let index = from; index < table.units.length; index++) {
      const row = unitRow(table.units[index] as Unit, places);
      bytes += JSON.stringify(row).length;
      if (bytes > pageBytes && units.length > 0) return { units, next: index };
      units.push(row);
    }
    return { units, next: null };
  };
}

async function readPlanTable(store: Store, digest: Digest): Promise<PlanTable> {
  const plan = await readPlan(store, digest);
  return { plan, units: unitsOf(plan), nodes: new Map(plan.nodes.map((node) => [node.id, node])) };
}

/** Indices of units by the ids of their nodes. */
function indicesByNode({ units }: PlanTable): Map<string, number> {
  return new Map(units.flatMap(({ nodes }, index) => nodes.map(({ id }) => [id, index] as const)));
}

function unitRow({ id, nodes, group }: Unit, places: Map<string, number>): UnitRow {
  const own = new Set(nodes.map((node) => node.id));
  const read = nodes.flatMap(({ inputs }) => Object.values(inputs).flat()).filter(({ node }) => !own.has(node));
  return {
    id,
    group: group !== null,
    nodes: nodes.map(({ id: node, kind, shape, run }) => ({ id: node, kind, pool: shape === 'process' ? run.pool : null })),
    needs: [...new Set(read.map(({ node }) => places.get(node) ?? -1))],
  };
}
