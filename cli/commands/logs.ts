import type { Command } from 'commander';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../../ports/store.ts';
import type { RunProgress, UnitProgress } from '../../plan/index.ts';
import { openContext, requireStore, withCommonOptions, type CommonOptions } from '../context.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { readCount } from '../pipeline/options.ts';
import { pickRun } from '../runs/runs.ts';
import { devPaths } from '../supervisor/index.ts';
import { plainText } from '../../text/index.ts';
import { jobFolder } from '../../records/names.ts';

export function define(command: Command): void {
  withCommonOptions(command)
    .argument('[step]', 'the step (default: failed and running steps, else the worker and the server)')
    .option('--run <run>', 'the run (default: the newest)')
    .option('-n <lines>', 'how many last lines of each file', readCount, 40)
    .action(logs);
}

async function logs(step: string | undefined, options: CommonOptions & { run?: string; n: number }): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const store = await requireStore(context);
  const progress = await pickRun(store, options.run);
  const files = unitsFor(progress, step).flatMap((unit) => logsOfUnit(store, unit));
  if (step !== undefined && files.length === 0) {
    output.talk(`${step} has started no process, so it has no logs`);
    return output.next([
      [`codepmp status ${progress.run}`, 'its status and errors'],
      [`codepmp logs --run ${progress.run}`, 'logs of the worker and the server, if no failed or running step has any'],
    ]);
  }
  const chosen = files.length > 0 ? files : filesIn(devPaths(store.root).logs);
  let printed = 0;
  for (const path of chosen) {
    const text = plainText(readFileSync(path, 'utf8')).trimEnd();
    if (text === '') continue;
    printed++;
    const lines = text.split('\n').slice(-options.n);
    if (output.json) output.emit({ file: path, lines });
    else {
      output.talk(output.paint.bold(`\n== ${path}`));
      output.data(lines.join('\n'));
    }
  }
  if (printed === 0) output.talk(`nothing has been written yet to ${chosen.join(', ') || devPaths(store.root).logs}`);
  else if (files.length === 0) output.talk(`\n${progress.run} has started no process; these are the logs of the worker and the server`);
}

function unitsFor({ run, units }: RunProgress, step: string | undefined): UnitProgress[] {
  if (step === undefined) return units.filter(({ state }) => state === 'failed' || state === 'running');
  const found = units.filter(({ nodes }) => nodes.some(({ id }) => id === step || id.split('@')[0] === step));
  if (found.length > 0) return found;
  const known = units.flatMap(({ nodes }) => nodes.map(({ id }) => id));
  throw new CommandFailure(`${run} has no step ${step}. Its steps: ${known.join(', ') || 'none yet'}`);
}

/** The log files of a unit: its progress, then the output of each attempt. */
function logsOfUnit(store: Store, { key }: UnitProgress): string[] {
  if (key === undefined) return [];
  const job = jobFolder(store, key);
  const entries = pathsIn(job);
  const attempts = entries.filter((path) => statSync(path).isDirectory());
  const byAge = attempts.toSorted((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
  return [...entries.filter((path) => path.endsWith('.jsonl')), ...byAge.flatMap(filesIn)];
}

function filesIn(folder: string): string[] {
  return pathsIn(folder).filter((path) => path.endsWith('.log'));
}

function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted().map((name) => join(folder, name));
  } catch {
    return [];
  }
}
