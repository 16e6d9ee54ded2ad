import { planCosts } from '../../compile/index.ts';
import type { Plan } from '../../plan/index.ts';
import { existingStore } from '../context.ts';
import type { Context } from '../context.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';
import { foresee } from './reuse.ts';
import type { Outlook } from './reuse.ts';
import { withMeasured } from './measured-costs.ts';
import { readPipeline, requirePlan } from '../pipeline/file.ts';
import type { PipelineFile, PipelineOptions } from '../pipeline/file.ts';
import { readPlanFile } from './plan-file.ts';
import type { PlanFile } from './plan-file.ts';
import { summarizePlan } from './summary.ts';
import type { PlanSummary } from './summary.ts';
import { runsOf } from '../runs/runs.ts';
import { shellWord } from '../terminal/text.ts';

/** What a command was given to plan or to run: a pipeline, or a plan that was kept. */
export type Planned = { plan: Plan } & ({ pipeline: PipelineFile; kept?: undefined } | { kept: PlanFile; pipeline?: undefined });

/** Reads either; what has errors ends the command. A kept plan is frozen: options that would change it are refused. */
export function readPlanned(context: Context, path: string, options: PipelineOptions): Planned {
  const kept = readPlanFile(context, path, options);
  if (!kept) {
    const pipeline = readPipeline(context, path, options);
    return { pipeline, plan: requirePlan(context, pipeline) };
  }
  const given = (['set', 'params', 'sweep', 'cell', 'sample'] as const).find((name) => options[name] !== undefined) ?? (options.sweeps === false ? 'no-sweeps' : undefined);
  if (given !== undefined) throw new CommandFailure(`${path} is a plan and stays as it is: --${given} can not change it. Make another: codepmp plan ${shellWord(kept.made_from.file)} --${given} … --out ${shellWord(path)}`, exit.usage);
  return { kept, plan: kept.plan };
}

/** The plan against what the store has: what would run, and what that takes by what was measured so far. */
export async function lookAhead(context: Context, plan: Plan): Promise<{ summary: PlanSummary; outlookOf: (node: string) => Outlook }> {
  const { config, home } = context;
  const store = await existingStore(context);
  const runs = store && runsOf(store);
  const { outlookOf } = await foresee(plan, store, runs);
  const reckoned = planCosts(plan.nodes, config);
  const costs = store && runs ? await withMeasured({ store, runs, plan, costs: reckoned, config, home }) : reckoned;
  return { outlookOf, summary: summarizePlan({ plan, outlookOf, costs, config }) };
}
