import { openStore } from '../../adapters/index.ts';
import { queues, type PipelineInput, type PipelineSettings, type Plan } from '../../plan/index.ts';
import { keepPlan } from '../../records/plan.ts';
import type { Context } from '../context.ts';
import { CommandFailure, exit, type ExitCode } from '../terminal/failure.ts';
import { newRunId } from '../runs/runs.ts';
import { askServer, connectServer, type Server } from '../runs/server.ts';
import { watchRun, type Conclude } from './watch-run.ts';

interface SubmitOptions {
  plan: Plan;
  /** The text that the plan was made from, if it was made just now; it is kept with the run. */
  input: Omit<PipelineInput, 'plan'>;
  settings?: PipelineSettings;
  detach: boolean;
  /** Id of the run. Default: a new one. */
  run?: string;
  /** See `watchRun`. */
  conclude?: Conclude;
}

/** How long an external server may be without a worker before a warning, milliseconds. */
const workerPatience = 10_000;

/** Starts a run of a plan and, unless detached, watches it. The plan goes into the store: a message to the server holds less. */
export async function submitRun(
  context: Context,
  { plan, input, settings = {}, detach, run = newRunId(plan.name), conclude }: SubmitOptions,
): Promise<ExitCode> {
  const { output, config } = context;
  const store = await openStore(config);
  await using server = await connectServer(context, { begins: true });
  const args = { ...input, plan: await keepPlan(store, plan) };
  await startRun(server, run, [args, { on_failure: canAsk(output) ? 'park' : 'fail', ...settings }]);
  if (output.json) output.emit({ type: 'run', run, address: server.address, namespace: server.namespace, ui: server.ui });
  output.talk(`${output.paint.bold(run)} started`);
  if (server.ui !== null) output.talk(output.paint.dim(`  ${server.ui}/namespaces/${server.namespace}/workflows/${run}`));
  if (!detach) {
    const watchdog = server.embedded ? undefined : setTimeout(() => void warnWithoutWorker(context, server), workerPatience).unref();
    return await watchRun({ context, store, server, run, conclude }).finally(() => clearTimeout(watchdog));
  }
  output.next([
    [`codepmp watch ${run}`, 'follow it'],
    [`codepmp cancel ${run}`, 'stop it'],
  ]);
  return exit.done;
}

/** Whether somebody is at the terminal to decide about a failure. */
function canAsk({ json }: Context['output']): boolean {
  return !json && process.stdin.isTTY && process.stderr.isTTY && !process.env['CI'];
}

async function startRun(server: Server, run: string, args: [PipelineInput, PipelineSettings]): Promise<void> {
  const { client, address } = server;
  try {
    const next = `If codepmp list shows ${run}, it has started; if not, start the same command again`;
    await askServer(
      server,
      () => client.workflow.start('pipeline', { taskQueue: queues.main, workflowId: run, args, workflowIdConflictPolicy: 'USE_EXISTING' }),
      next,
    );
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const reason = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
    throw new CommandFailure(
      `the Temporal server at ${address} did not accept the run: ${reason}. Run the same command again`,
      exit.unreachable,
    );
  }
}

async function warnWithoutWorker({ output }: Context, server: Server): Promise<void> {
  if ((await pollersOf(server).catch(() => 1)) > 0) return;
  output.talk(
    `no worker polls the task queue ${queues.main} at ${server.address}; the run is waiting for one. Start it on the machine with the store: codepmp worker`,
  );
}

/** The number of workers that polled the main task queue in the last minutes. */
export async function pollersOf({ client, namespace }: Server): Promise<number> {
  const { pollers } = await client.workflowService.describeTaskQueue({ namespace, taskQueue: { name: queues.main }, taskQueueType: 1 });
  return pollers?.length ?? 0;
}
