import type { Command } from 'commander';
import { existingStore, openContext, withCommonOptions, type CommonOptions } from '../context.ts';
import { refreshed } from '../runs/refresh.ts';
import { isOpen, listRuns, tally } from '../runs/runs.ts';
import { connectIfRunning, isServed } from '../runs/server.ts';
import { duration } from '../terminal/text.ts';
import { columnTable } from '../../text/index.ts';

export function define(command: Command): void {
  withCommonOptions(command).action(listAll);
}

async function listAll(options: CommonOptions): Promise<void> {
  const context = openContext(options);
  const { output, config } = context;
  const store = await existingStore(context);
  const records = store ? await listRuns(store) : [];
  await using server = records.some(isOpen) ? await connectIfRunning(context) : null;
  const served = { server, isServed: isServed(context) };
  const runs = store ? await Promise.all(records.map((record) => refreshed(record, store, served))) : [];
  if (output.json) return output.data(JSON.stringify(runs.map((run) => ({ ...run, ...tally(run), units: undefined }))));
  if (runs.length === 0) {
    output.talk(`there are no runs in ${config.store} yet`);
    return output.next([['codepmp run FILE', 'start one']]);
  }
  const rows = runs.map((run) => {
    const { nodes } = tally(run);
    const took = run.status === 'interrupted' ? '' : duration((run.finished ?? Date.now()) - run.started);
    return [run.run, run.status, new Date(run.started).toLocaleString('sv'), took, `${nodes.ran + nodes.reused}/${nodes.total} nodes`];
  });
  for (const line of columnTable([['RUN', 'STATUS', 'STARTED', 'TOOK', 'DONE'], ...rows])) output.data(line);
  output.next([
    [`codepmp status ${runs[0]?.run}`, 'its status'],
    ...(runs[0]?.report === undefined ? [] : [[`codepmp report ${runs[0].run}`, 'its report'] as [string, string]]),
  ]);
}
