import { unitsOf } from '../plan/index.ts';
import type { Digest, Plan, PlanNode, Unit, UnitPage, UnitRow } from '../plan/index.ts';
import type { Dependencies } from './dependencies.ts';
import type { Store } from './ports.ts';

/** A plan opened for looking things up in it. */
export interface PlanTable {
  plan: Plan;
  units: Unit[];
  nodes: Map<string, PlanNode>;
}

/** Largest page in bytes: a payload over 2 MB is refused, and one over 256 KB is warned of. */
const pageBytes = 200_000;

/** Plans kept open in one worker. */
const kept = 4;

const open = new Map<string, Promise<PlanTable>>();

/** The plan with this digest; opened once in a worker. */
export function openPlan(store: Store, digest: Digest): Promise<PlanTable> {
  const name = `${store.id}/${digest}`;
  const known = open.get(name);
  if (known) return known;
  const opened = read(store, digest);
  open.set(name, opened);
  opened.catch(() => open.delete(name));
  const [oldest] = open.keys();
  if (open.size > kept && oldest !== undefined) open.delete(oldest);
  return opened;
}

/** The units of a plan as the root needs them, page by page. */
export function readUnits({ store }: Pick<Dependencies, 'store'>) {
  return async ({ plan: digest, from }: { plan: Digest; from: number }): Promise<UnitPage> => {
    const table = await openPlan(store, digest);
    const places = new Map(table.units.map(({ id }, index) => [id, index]));
    const units: UnitRow[] = [];
    let bytes = 0;
    for (let index = from; index < table.units.length; index++) {
      const row = rowOf(table.units[index] as Unit, table, places);
      bytes += JSON.stringify(row).length;
      if (bytes > pageBytes && units.length > 0) return { units, next: index };
      units.push(row);
    }
    return { units, next: null };
  };
}

async function read(store: Store, digest: Digest): Promise<PlanTable> {
  const plan = JSON.parse(new TextDecoder().decode(await store.getBytes(digest))) as Plan;
  return { plan, units: unitsOf(plan), nodes: new Map(plan.nodes.map((node) => [node.id, node])) };
}

function rowOf({ id, nodes, group, needs }: Unit, { units }: PlanTable, places: Map<string, number>): UnitRow {
  const needed = needs.map((need) => places.get(need) ?? -1);
  const own = new Set(nodes.map((node) => node.id));
  const asked = new Set(nodes.flatMap((node) => Object.values(node.inputs).filter((refs) => refs.length === 1).flat()).map(({ node }) => node));
  return {
    id,
    group: group !== null,
    nodes: nodes.map(({ id: node, kind, shape, run }) => ({ id: node, kind, pool: shape === 'process' ? run.pool : null })),
    needs: needed,
    spares: needed.filter((index) => !units[index]?.nodes.some((node) => asked.has(node.id) && !own.has(node.id))),
  };
}
