import { WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { existingStore, openContext, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { CommandFailure } from '../failure.ts';
import { findRun } from '../runs.ts';
import { connect } from '../server.ts';
import { count } from '../words.ts';

/** Longest wait for a run to stop, milliseconds. */
const stopWithin = 60_000;

export function define(command: Command): void {
  withCommonOptions(command).argument('<run>', 'the run').action(cancel);
}

async function cancel(name: string, options: CommonOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await existingStore(context);
  const run = (store && (await findRun(store, name)))?.run ?? name;
  await using server = await connect(context);
  const handle = server.client.workflow.getHandle(run);
  const before = await handle.describe().catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new CommandFailure(`there is no run ${name} at ${server.address}. codepmp list shows the runs`);
  });
  if (before.status.name === 'RUNNING') await handle.cancel();
  else output.talk(`${run} was over already (${before.status.name.toLowerCase()})`);
  const began = Date.now();
  let status = before.status.name;
  while (status === 'RUNNING' && Date.now() - began < stopWithin) {
    await delay(200);
    status = (await handle.describe()).status.name;
  }
  if (status === 'RUNNING')
    throw new CommandFailure(`${run} was asked to stop and has not after ${count(stopWithin / 1000, 'second')}; a worker has to be there for that. codepmp doctor checks`);
  if (output.json) output.emit({ run, status: status === 'CANCELLED' ? 'cancelled' : status.toLowerCase() });
  output.talk(`${run} ${status === 'CANCELLED' ? 'is cancelled' : `is ${status.toLowerCase()}`}; what was paid for is kept`);
  output.next([[`codepmp resume ${run}`, 'go on with it']]);
}
