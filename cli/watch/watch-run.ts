import type { Store } from '../../ports/store.ts';
import { conclude } from './conclusion.ts';
import type { Context } from '../context.ts';
import { displayOf } from './displays.ts';
import { measuredTimes, type MeasuredTimes } from './eta.ts';
import { exit, type ExitCode } from '../terminal/failure.ts';
import { followRun, type Snapshot } from '../runs/follow.ts';
import { listRuns } from '../runs/runs.ts';
import type { Server } from '../runs/server.ts';

interface WatchOptions {
  context: Context;
  store: Store;
  server: Server;
  run: string;
  /** Prints how it ended and what to do next. Default: `conclude`. */
  conclude?: Conclude | undefined;
}

export type Conclude = (last: Snapshot) => ExitCode | Promise<ExitCode>;

/** Follows a run on the terminal to its end, prints how it ended and what to do next, and returns the exit code. */
export async function watchRun(options: WatchOptions): Promise<ExitCode> {
  const { context, store, run } = options;
  const { output } = context;
  const detach = new AbortController();
  const interrupt = (): void => detach.abort();
  // The display lets the signal end the process if it has the only listener, so this listener must stay.
  process.on('SIGINT', interrupt);
  let measured: MeasuredTimes | null = null;
  const display = displayOf(context, () => measured ?? new Map());
  let last: Snapshot | null = null;
  try {
    for await (const snapshot of followRun({ ...options, signal: detach.signal })) {
      last = snapshot;
      // Before its file is compiled, nobody knows what the run is like.
      if (snapshot.progress.plan !== undefined) measured ??= await measuredTimes(store, snapshot.progress, await listRuns(store));
      display.update(snapshot);
    }
  } finally {
    process.off('SIGINT', interrupt);
    display.end();
  }
  if (last && last.progress.status !== 'running') return options.conclude ? options.conclude(last) : conclude(context, last);
  output.talk(`\nDetached; ${run} continues.`);
  output.next([
    [`codepmp watch ${run}`, 'follow it again'],
    [`codepmp cancel ${run}`, 'stop it'],
  ]);
  return exit.interrupted;
}
