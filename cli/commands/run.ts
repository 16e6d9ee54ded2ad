import type { Command } from 'commander';
import { openContext, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { readPipeline, requirePlan, withPipelineOptions } from '../pipeline-file.ts';
import type { PipelineOptions } from '../pipeline-file.ts';
import { submit } from '../submit.ts';

export interface RunOptions extends CommonOptions, PipelineOptions {
  detach?: boolean;
}

export function define(command: Command): void {
  withPipelineOptions(withCommonOptions(command))
    .argument('<file>', 'the pipeline')
    .option('--detach', 'start it and leave it alone')
    .addHelpText('after', help)
    .action(runFile);
}

/** Checks the file, starts a run of it and watches it to its end. */
export async function runFile(path: string, options: RunOptions): Promise<void> {
  const context = openContext(options);
  const pipeline = readPipeline(context, path, options);
  try {
    const { name } = requirePlan(context, pipeline);
    process.exitCode = await submit(context, { name, input: pipeline.input, settings: pipeline.settings, detach: options.detach ?? false });
  } catch (error) {
    if (context.output.json) context.output.emit(notStarted(error));
    throw error;
  }
}

function notStarted(error: unknown): object {
  const nothing = { nodes: { total: 0, ran: 0, reused: 0 }, calls: {}, training_steps: 0, report: null };
  return { type: 'result', status: 'failed', run: null, ...nothing, message: error instanceof Error ? error.message : String(error) };
}

const help = `
Where no Temporal server is named (TEMPORAL_ADDRESS, Temporal's own configuration file, or temporal: in codepmp.config.yaml),
an embedded one and a worker are started, or joined where they run. Ctrl-C detaches: the run goes on.
Exit codes: 0 succeeded, 1 problems in the file or the run failed, 3 cancelled, 4 can not connect, 130 detached.`;
