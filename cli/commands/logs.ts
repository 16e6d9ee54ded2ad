import { InvalidArgumentError, type Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../ports/store.ts';
import type { RunProgress, UnitProgress } from '../../plan/index.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions, type Context } from '../context.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { readCount } from '../pipeline/options.ts';
import { logsIn, logsOfUnit, openLogs } from '../runs/log-files.ts';
import { pickRun } from '../runs/runs.ts';
import { devPaths } from '../supervisor/index.ts';

export function define(command: Command): void {
  withCommonOptions(command)
    .argument('[step]', 'the step (default: failed and running steps, else the worker and the server)')
    .option('--run <run>', 'the run (default: the newest)')
    .option('-n <lines>', 'how many last lines of each file', readCount, 40)
    .option('--rank <rank>', 'only what this process of several has written, counted from 0', readRank)
    .option('-f, --follow', 'print what is added, until the run has ended')
    .action(logs);
}

function readRank(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Expected a whole number, counted from 0.');
  return Number(text);
}

interface LogsOptions extends CommonOptions {
  run?: string;
  n: number;
  rank?: number;
  follow?: boolean;
}

async function logs(step: string | undefined, options: LogsOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await requireStore(context);
  const progress = await pickRun(store, options.run);
  const filesOf = (now: RunProgress): string[] => unitsFor(now, step).flatMap((unit) => logsOfUnit(store, unit));
  const files = filesOf(progress);
  if (step !== undefined && files.length === 0 && !options.follow) {
    output.talk(`${step} has started no process, so it has no logs`);
    return output.next([
      [`codepmp status ${progress.run}`, 'its status and errors'],
      [`codepmp logs --run ${progress.run}`, 'logs of the worker and the server, if no failed or running step has any'],
    ]);
  }
  const ofServices = files.length === 0 && step === undefined;
  const read = openLogs({ rank: options.rank ?? null });
  const print = printer(output);
  const chosen = ofServices ? logsIn(devPaths(store.root).logs) : files;
  for (const path of chosen) print(path, read(path, { isOver: !options.follow }).slice(-options.n));
  if (options.follow) return followLogs(store, progress, { filesOf: ofServices ? () => chosen : filesOf, read, print });
  if (!print.hasPrinted()) output.talk(`nothing has been written yet to ${chosen.join(', ') || devPaths(store.root).logs}`);
  else if (ofServices) output.talk(`\n${progress.run} has started no process; these are the logs of the worker and the server`);
}

/** Milliseconds between two looks at logs that are followed. */
const lookEvery = 500;

/** Prints what is added to logs, also to new ones, until the run has ended. */
async function followLogs(
  store: Store,
  { run }: RunProgress,
  { filesOf, read, print }: { filesOf: (now: RunProgress) => string[]; read: ReturnType<typeof openLogs>; print: LinePrinter },
): Promise<void> {
  const seen = new Set<string>();
  for (let isOver = false; !isOver; ) {
    await delay(lookEvery);
    const now = await pickRun(store, run);
    isOver = now.status !== 'running';
    for (const path of filesOf(now)) seen.add(path);
    for (const path of seen) print(path, read(path, { isOver }));
  }
}

interface LinePrinter {
  (path: string, lines: string[]): void;
  hasPrinted(): boolean;
}

/** Prints lines of files, each time with the name of the file if it is another one than before. */
function printer(output: Context['output']): LinePrinter {
  let last: string | null = null;
  const print = (path: string, lines: string[]): void => {
    if (lines.length === 0) return;
    if (output.json) output.emit({ file: path, lines });
    else {
      if (path !== last) output.talk(output.paint.bold(`\n== ${path}`));
      output.data(lines.join('\n'));
    }
    last = path;
  };
  return Object.assign(print, { hasPrinted: () => last !== null });
}

function unitsFor({ run, units }: RunProgress, step: string | undefined): UnitProgress[] {
  if (step === undefined) return units.filter(({ state }) => state === 'failed' || state === 'running');
  const found = units.filter(({ nodes }) => nodes.some(({ id }) => id === step || id.split('@')[0] === step));
  if (found.length > 0) return found;
  const known = units.flatMap(({ nodes }) => nodes.map(({ id }) => id));
  throw new CommandFailure(`${run} has no step ${step}. Its steps: ${known.join(', ') || 'none yet'}`);
}
