import { WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunProgress } from '../../plan/index.ts';
import { existingStore, openContext, withCommonOptions, type CommonOptions } from '../context.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { statusAtEnd } from '../runs/follow.ts';
import type { Output } from '../terminal/output.ts';
import { findRun, isOpen } from '../runs/runs.ts';
import { askServer, connectServer } from '../runs/server.ts';
import { count } from '../terminal/text.ts';

/** Longest wait for a run to stop, milliseconds. */
const stopWithin = 60_000;

export function define(command: Command): void {
  withCommonOptions(command).argument('<run>', 'the run').action(cancel);
}

async function cancel(name: string, options: CommonOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await existingStore(context);
  const record = store && (await findRun(store, name));
  if (record && !isOpen(record)) return tellOver(output, record.run, record.status);
  const run = record?.run ?? name;
  await using server = await connectServer(context);
  const handle = server.client.workflow.getHandle(run);
  const statusNow = async () => (await askServer(server, () => handle.describe())).status.name;
  const before = await statusNow().catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new CommandFailure(`there is no run ${name} on the server ${server.address}. List the runs: codepmp list`);
  });
  if (before !== 'RUNNING') return tellOver(output, run, statusAtEnd(before));
  await askServer(server, () => handle.cancel());
  const began = Date.now();
  let status = await statusNow();
  while (status === 'RUNNING' && Date.now() - began < stopWithin) {
    await delay(200);
    status = await statusNow();
  }
  if (status === 'RUNNING')
    throw new CommandFailure(
      `${run} has not stopped within ${count(stopWithin / 1000, 'second')}. Stopping needs a running worker; check with codepmp doctor`,
    );
  if (statusAtEnd(status) !== 'cancelled') return tellOver(output, run, statusAtEnd(status));
  if (output.json) output.emit({ run, status: 'cancelled' });
  output.talk(`${run} is cancelled; its results and answers are kept`);
  output.next([[`codepmp resume ${run}`, 'continue it']]);
}

/** The run ended on its own before the request reached it. */
function tellOver(output: Output, run: string, status: RunProgress['status']): void {
  if (output.json) output.emit({ run, status });
  output.talk(`${run} had already ended (${status})`);
  output.next([status === 'succeeded' ? [`codepmp status ${run}`, 'its status'] : [`codepmp resume ${run}`, 'continue it']]);
}
