import type { Command } from 'commander';
import { claimLines } from '../claims-view.ts';
import { openContext, requireStore, withCommonOptions } from '../context.ts';
import type { CommonOptions } from '../context.ts';
import { measuredTimes } from '../eta.ts';
import { refreshed } from '../refresh.ts';
import { isOpen, pickRun, readUnitNotes, runsOf, tally, titlesOf } from '../runs.ts';
import { connectIfRunning } from '../server.ts';
import { viewOf } from '../view.ts';
import { parkedCommands } from '../watch-run.ts';

export function define(command: Command): void {
  withCommonOptions(command).argument('[run]', 'the run (default: the newest)').action(showStatus);
}

async function showStatus(name: string | undefined, options: CommonOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await requireStore(context);
  const runs = runsOf(store);
  const record = await pickRun(store, name, runs);
  await using server = isOpen(record) ? await connectIfRunning(context) : null;
  const now = await refreshed(record, store, server);
  const progress = { ...now, status: now.status === 'interrupted' ? ('running' as const) : now.status };
  const notes = await readUnitNotes(store, progress);
  if (output.json) return output.emit({ ...now, ...tally(now), live: Object.fromEntries(notes) });
  const measured = measuredTimes(await runs());
  const trouble = now.status === 'interrupted' ? 'no server runs it now' : null;
  const view = { measured, now: Date.now(), paint: output.paint, columns: process.stdout.columns || 100, rows: Infinity };
  for (const line of viewOf({ progress, notes, titles: await titlesOf(store, now), trouble: null }, view)) output.data(line);
  for (const [index, line] of claimLines(now.claims, view).entries()) output.data(index === 0 ? `\n${line}` : line);
  if (trouble !== null) output.talk(`\n${trouble}; what was paid for is kept`);
  const { run } = now;
  output.next(
    now.status === 'running'
      ? [[`codepmp watch ${run}`, 'follow it'], [`codepmp cancel ${run}`, 'stop it']]
      : now.status === 'parked'
      ? parkedCommands(now)
      : now.status === 'succeeded'
        ? [now.report === undefined ? ['codepmp list', 'all runs'] : [`codepmp report ${run}`, 'its report']]
        : now.status === 'interrupted'
          ? [[`codepmp watch ${run}`, 'start the server and go on']]
          : [[`codepmp resume ${run}`, 'go on: what is done or paid for is reused']],
  );
}
