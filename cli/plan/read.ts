import { planCosts } from '../../compile/index.ts';
import type { Plan } from '../../plan/index.ts';
import { existingStore, type Context } from '../context.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { foresee, type Outlook } from './reuse.ts';
import { withMeasured } from './measured-costs.ts';
import { readPipeline, requirePlan, type PipelineFile } from '../pipeline/file.ts';
import { type PipelineOptions } from '../pipeline/options.ts';
import { readPlanFile, type PlanFile } from './plan-file.ts';
import { runLine } from './lines.ts';
import { summarizePlan, type PlanSummary } from './summary.ts';
import { runsOf } from '../runs/runs.ts';
import { shellWord } from '../terminal/text.ts';

/** The argument of a command that plans or runs: a pipeline, or a saved plan. */
type Planned = { plan: Plan } & ({ pipeline: PipelineFile; kept?: undefined } | { kept: PlanFile; pipeline?: undefined });

/** Reads a pipeline or a saved plan; errors end the command, and so do options that would change a saved plan. */
export function readPlanned(context: Context, path: string, options: PipelineOptions): Planned {
  const kept = readPlanFile(context, path);
  if (!kept) {
    const pipeline = readPipeline(context, path, options);
    return { pipeline, plan: requirePlan(context, pipeline) };
  }
  const given =
    (['set', 'params', 'sweep', 'cell', 'sample'] as const).find((name) => options[name] !== undefined) ??
    (options.sweeps === false ? 'no-sweeps' : undefined);
  if (given !== undefined)
    throw new CommandFailure(
      `${path} is a saved plan, which --${given} cannot change. Make another one: codepmp plan ${shellWord(kept.made_from.file)} --${given} … --out ${shellWord(path)}`,
      exit.usage,
    );
  return { kept, plan: kept.plan };
}

/** Compares the plan with the store: what would run, and its costs by the measurements so far. */
export async function lookAhead(context: Context, plan: Plan): Promise<{ summary: PlanSummary; outlookOf: (node: string) => Outlook }> {
  const { config, home } = context;
  const store = await existingStore(context);
  const runs = store && runsOf(store);
  const { outlookOf } = await foresee(plan, store, runs);
  const reckoned = planCosts(plan.nodes, config);
  const costs = store && runs ? await withMeasured({ store, runs, plan, costs: reckoned, config, home }) : reckoned;
  return { outlookOf, summary: summarizePlan({ plan, outlookOf, costs, config }) };
}

/** For more nodes, a forecast would delay the start of a run noticeably. */
const mostForeseen = 5000;

/** Says in one line what a run of the plan will do and take. */
export async function forecast(context: Context, plan: Plan): Promise<void> {
  if (plan.nodes.length <= mostForeseen) context.output.talk(runLine((await lookAhead(context, plan)).summary));
}
