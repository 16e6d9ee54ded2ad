import type { Command } from 'commander';
import { claimLines } from '../watch/claims.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions } from '../context.ts';
import { measuredTimes } from '../watch/eta.ts';
import { nextCommands } from '../watch/next-commands.ts';
import { refreshed, type RunNow } from '../runs/refresh.ts';
import { isOpen, pickRun, readUnitNotes, runsOf, tally, readTitles } from '../runs/runs.ts';
import { connectIfRunning, isServed } from '../runs/server.ts';
import { troublesOf } from '../watch/troubles.ts';
import { viewOf } from '../watch/view.ts';
import { warningLines, warningsOf } from '../watch/warnings.ts';

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
  const now = await refreshed(record, store, { server, isServed: isServed(context) });
  const notes = await readUnitNotes(store, now);
  if (output.json) return output.emit({ ...now, ...tally(now), warnings: warningsOf(now), live: Object.fromEntries(notes) });
  const measured = await measuredTimes(store, now, await runs());
  const titles = await readTitles(store, now);
  const view = { measured, now: Date.now(), paint: output.paint, columns: process.stdout.columns || 100, rows: Infinity };
  for (const line of viewOf({ progress: now, notes, titles, trouble: null }, view)) output.data(line);
  for (const text of troublesOf(now, titles, output.paint)) output.data(`\n${text}`);
  for (const line of warningLines(now, titles, output.paint)) output.data(`\n${line}`);
  for (const [index, line] of claimLines(now.claims, view).entries()) output.data(index === 0 ? `\n${line}` : line);
  const absence = isServed(context) ? null : absent[now.status];
  if (absence) output.talk(`\n${absence}`);
  output.next(nextCommands(now));
}

/** What an unfinished run needs when no server is running. */
const absent: { [status in RunNow['status']]?: string } = {
  interrupted: 'no server is running this run now; its results and answers are kept',
  parked: 'no server is running now; a decision starts it',
};
