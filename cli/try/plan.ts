import { planCosts, sumCosts } from '../../compile/index.ts';
import type { Plan, PlanNode } from '../../plan/index.ts';
import type { Context } from '../context.ts';
import { CommandFailure } from '../terminal/failure.ts';

/** A plan of one node and the nodes it needs: no claims, and cells only with these nodes. */
export function planTowards({ config }: Pick<Context, 'config'>, plan: Plan, node: PlanNode): Plan {
  const needed = neededBy(plan, node);
  const nodes = plan.nodes.filter(({ id }) => needed.has(id));
  const groups = plan.groups
    .map(({ members, source }) => ({ members: members.filter((id) => needed.has(id)), source }))
    .filter(({ members }) => members.length > 0);
  const cells = plan.cells.map((cell) => ({
    ...cell,
    nodes: Object.fromEntries(Object.entries(cell.nodes).filter(([, id]) => needed.has(id))),
  }));
  const { history } = plan.estimate;
  return { ...plan, cells, nodes, groups, claims: [], estimate: { ...sumCosts(planCosts(nodes, config), config), history } };
}

/** Ends the command for a step that is not item-wise: its result for a few items would not be like that for many. */
export function assertTriable(plan: Plan, { step, kind, shape }: PlanNode): void {
  if (shape === 'map') return;
  const others = [...new Set(plan.nodes.filter((node) => node.shape === 'map').map((node) => node.step))];
  const instead = others.length === 0 ? 'This pipeline has no such step' : `Item-wise steps here: ${others.join(', ')}`;
  throw new CommandFailure(
    `${step} (${kind}) cannot be tried: try is for item-wise steps. ${instead}. To run the whole pipeline on a few items: codepmp run FILE --sample 3`,
  );
}

function neededBy(plan: Plan, node: PlanNode): Set<string> {
  const byId = new Map(plan.nodes.map((each) => [each.id, each]));
  const needed = new Set<string>();
  const visit = (id: string): void => {
    if (needed.has(id)) return;
    needed.add(id);
    for (const ref of Object.values(byId.get(id)?.inputs ?? {}).flat()) visit(ref.node);
  };
  visit(node.id);
  return needed;
}
