import { titleOf, type ParamValues, type Plan, type PlanNode } from '../../plan/index.ts';
import { hasValues, nearName } from '../../compile/index.ts';
import { cellText } from './cells.ts';
import { CommandFailure } from '../terminal/failure.ts';

/** How many nodes a message names. */
const shown = 8;

/** The nodes that do the work of a step, in the order of the plan; given values of params, only those of matching cells. */
export function nodesOfStep(plan: Plan, step: string, values: ParamValues = {}): PlanNode[] {
  const cells = plan.cells.filter((cell) => hasValues(cell.values, values));
  const ids = new Set(cells.map(({ nodes }) => nodes[step]));
  return plan.nodes.filter(({ id }) => ids.has(id));
}

/**
 * The node that an address names: the id of a node, or a step, with values of params if the step has several nodes. An
 * address that matches none or several ends the command with a list of the nodes.
 */
export function pickNode(plan: Plan, { address, values = {} }: { address: string; values?: ParamValues }): PlanNode {
  const nodes = nodesAt(plan, address, values);
  const [only] = nodes;
  if (only && nodes.length === 1) return only;
  const every = nodesAt(plan, address);
  if (every.length === 0) throw new CommandFailure(`there is no step ${address} in this plan. ${stepsThere(address, stepNames(plan))}`);
  const given = cellText(values);
  const problem =
    nodes.length === 0
      ? `no node of ${address} has ${given}`
      : `${address} has ${nodes.length} nodes${given === '' ? '' : ` with ${given}`}`;
  throw new CommandFailure(
    `${problem}. Choose one by its id, or by values with --cell name=value,…:\n${listedTitles(nodes.length === 0 ? every : nodes)}`,
  );
}

/** The node of this id, or the nodes of this step, in cells with these values. */
export function nodesAt(plan: Plan, address: string, values: ParamValues = {}): PlanNode[] {
  const exact = plan.nodes.find(({ id }) => id === address);
  if (!exact) return nodesOfStep(plan, address, values);
  return plan.cells.some((cell) => hasValues(cell.values, values) && Object.values(cell.nodes).includes(exact.id)) ? [exact] : [];
}

/** The step that was probably meant, and all steps. */
export function stepsThere(asked: string, steps: string[]): string {
  const near = nearName(asked, steps);
  return `${near === null ? '' : `Did you mean ${near}? `}Its steps: ${steps.join(', ')}`;
}

function stepNames({ cells }: Plan): string[] {
  return [...new Set(cells.flatMap(({ nodes }) => Object.keys(nodes)))];
}

function listedTitles(nodes: PlanNode[]): string {
  const lines = nodes.slice(0, shown).map((node) => `  ${node.id.padEnd(24)} ${titleOf(node)}`);
  return [...lines, ...(nodes.length > shown ? [`  and ${nodes.length - shown} more`] : [])].join('\n');
}
