import { sumCosts, type NodeCost } from '../../compile/index.ts';
import type { Config } from '../../ports/configuration.ts';
import { times, type BudgetCaps, type Plan, type PlanEstimate, type PlanNode } from '../../plan/index.ts';
import type { Outlook } from './reuse.ts';

/** The number of nodes of each outlook; the three add up to `nodes`. */
export interface Tally {
  nodes: number;
  to_run: number;
  reused: number;
  reused_if_unchanged: number;
}

/** The nodes of one step. */
export interface StepSummary extends Tally {
  step: string;
  kind: string;
  /** The number of nodes if every cell ran alone. */
  without_merging: number;
}

/** The summary of a plan, as `plan --json` prints it; docs/plan-format.md describes each part. */
export interface PlanSummary {
  format_version: string;
  name: string;
  cells: number;
  steps_without_merging: number;
  totals: Tally;
  /** In the order of the plan. */
  steps: StepSummary[];
  estimate: { to_run: Costs; without_reuse: Costs; without_merging: Costs; history: PlanEstimate['history']; currency: string | null };
  budget: BudgetCaps;
  /** The number of claims, which are checked at the end of the run. */
  claims: number;
}

export type Costs = Omit<PlanEstimate, 'history'>;

/** Major: programs that read the format must change. Minor: something was added. */
export const formatVersion = '1.0';

interface SummaryOptions {
  plan: Plan;
  outlookOf: (node: string) => Outlook;
  /** The costs of each node, in the order of the plan. */
  costs: NodeCost[];
  config: Config;
}

/** Counts the nodes and adds up their costs; a node counts once, however many cells use it. */
export function summarizePlan({ plan, outlookOf, costs, config }: SummaryOptions): PlanSummary {
  const steps = summarizeSteps(plan, outlookOf);
  const totals = steps.reduce<Tally>((sum, step) => addTally(sum, step), emptyTally());
  const running = costs.filter(({ node }) => outlookOf(node) === 'to run');
  return {
    format_version: formatVersion,
    name: plan.name,
    cells: plan.cells.length,
    steps_without_merging: steps.reduce((sum, { without_merging }) => sum + without_merging, 0),
    totals,
    steps,
    estimate: {
      to_run: sumCosts(running, config),
      without_reuse: sumCosts(costs, config),
      without_merging: sumCosts(eachCell(costs, plan), config),
      history: plan.estimate.history,
      currency: config.currency ?? null,
    },
    budget: plan.budget,
    claims: plan.claims.length,
  };
}

/** The costs if every cell ran alone: each node counts once per cell that uses it. */
function eachCell(costs: NodeCost[], { cells }: Plan): NodeCost[] {
  if (cells.length < 2) return costs;
  const uses = new Map<string, number>();
  for (const { nodes } of cells) for (const step in nodes) uses.set(nodes[step] ?? '', (uses.get(nodes[step] ?? '') ?? 0) + 1);
  return costs.map((cost) => manyTimes(cost, uses.get(cost.node) ?? 1));
}

function manyTimes(cost: NodeCost, factor: number): NodeCost {
  const calls = cost.calls.map((each) => ({
    ...each,
    calls: each.calls === null ? null : each.calls * factor,
    prompt: times(each.prompt, factor),
    completion: times(each.completion, factor),
  }));
  return { ...cost, calls, gpu: cost.gpu && { ...cost.gpu, hours: times(cost.gpu.hours, factor) } };
}

const fieldOf = { 'to run': 'to_run', reused: 'reused', 'reused if unchanged': 'reused_if_unchanged' } as const satisfies {
  [outlook in Outlook]: keyof Tally;
};

function summarizeSteps({ nodes, cells }: Plan, outlookOf: (node: string) => Outlook): StepSummary[] {
  const steps = new Map<string, StepSummary>();
  const stepOf = new Map<string, StepSummary>();
  for (const node of nodes) {
    const step = steps.get(node.step) ?? emptySummary(node);
    steps.set(node.step, step);
    stepOf.set(node.id, step);
    step.nodes++;
    step[fieldOf[outlookOf(node.id)]]++;
  }
  for (const cell of cells)
    for (const name in cell.nodes) {
      const step = stepOf.get(cell.nodes[name] ?? '');
      if (step) step.without_merging++;
    }
  if (cells.length === 0) for (const step of steps.values()) step.without_merging = step.nodes;
  return [...steps.values()];
}

function emptySummary({ step, kind }: PlanNode): StepSummary {
  return { step, kind, ...emptyTally(), without_merging: 0 };
}

function emptyTally(): Tally {
  return { nodes: 0, to_run: 0, reused: 0, reused_if_unchanged: 0 };
}

function addTally(a: Tally, b: Tally): Tally {
  return {
    nodes: a.nodes + b.nodes,
    to_run: a.to_run + b.to_run,
    reused: a.reused + b.reused,
    reused_if_unchanged: a.reused_if_unchanged + b.reused_if_unchanged,
  };
}
