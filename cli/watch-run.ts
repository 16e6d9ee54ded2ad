import type { Store } from '../activities/ports.ts';
import type { RunProgress, UnitProgress } from '../plan/index.ts';
import { claimLines, claimsExit } from './claims-view.ts';
import type { Context } from './context.ts';
import { displayOf } from './displays.ts';
import { measuredTimes } from './eta.ts';
import { exit } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { follow } from './follow.ts';
import type { Snapshot } from './follow.ts';
import { listRuns, tally } from './runs.ts';
import type { Titles } from './runs.ts';
import type { Server } from './server.ts';
import { nameOf } from './view.ts';
import { count, duration, plain } from './words.ts';

export interface WatchOptions {
  context: Context;
  store: Store;
  server: Server;
  run: string;
}

/** Follows a run on the terminal to its end, tells how it ended and what to do next, and returns the exit code. */
export async function watchRun(options: WatchOptions): Promise<ExitCode> {
  const { context, store, run } = options;
  const { output } = context;
  const detach = new AbortController();
  const interrupt = (): void => detach.abort();
  // The display ends the process by the signal where it finds no listener but its own: this one has to stay.
  process.on('SIGINT', interrupt);
  const display = displayOf(context, measuredTimes(await listRuns(store)));
  let last: Snapshot | null = null;
  try {
    for await (const snapshot of follow({ ...options, signal: detach.signal })) {
      last = snapshot;
      display.update(snapshot);
    }
  } finally {
    process.off('SIGINT', interrupt);
    display.end();
  }
  if (last && last.progress.status !== 'running') return conclude(context, last);
  output.talk(`\nDetached; ${run} goes on.`);
  output.next([
    [`codepmp watch ${run}`, 'follow it again'],
    [`codepmp cancel ${run}`, 'stop it'],
  ]);
  return exit.interrupted;
}

/** The last line of `--json`. */
export function resultOf(progress: RunProgress): object {
  const { status, run, report, message, claims } = progress;
  const shared = { type: 'result', status, run, ...tally(progress), report: report ?? null, ...(claims && { claims }) };
  return message === undefined ? shared : { ...shared, message };
}

/** Tells what a parked run waits for. */
function concludeParked({ output }: Context, { progress, titles }: Snapshot): ExitCode {
  const { run, units, capped } = progress;
  const parked = units.filter(({ state }) => state === 'parked');
  if (output.json) output.emit(resultOf(progress));
  output.talk(`\n${output.paint.bold(run)} ${output.paint.yellow('is parked')}: it waits for a decision`);
  if (capped !== undefined) output.talk(`  its budget is reached: ${capped}`);
  for (const text of troubles(parked, titles, { paint: output.paint.yellow, verb: '' })) output.talk(`\n${text}`);
  output.next(parkedCommands(progress));
  return exit.parked;
}

/** What can be decided about a parked run. */
export function parkedCommands({ run, units, capped }: Pick<RunProgress, 'units' | 'capped'> & { run: string }): [string, string][] {
  const step = units.find(({ state }) => state === 'parked')?.nodes[0]?.id;
  if (step === undefined) return [[`codepmp retry ${run} --budget calls=…`, `go on with more (reached: ${capped})`], [`codepmp cancel ${run}`, 'stop it']];
  return [
    [`codepmp logs ${step} --run ${run}`, 'what it has written'],
    [`codepmp retry ${run} ${step}`, 'try it again, over what is paid for already'],
    [`codepmp retry ${run} ${step} --skip`, 'go on without it and what needs it'],
    [`codepmp retry ${run} ${step} --fail`, 'end the run'],
  ];
}

/** Tells how a run ended; on standard output the report's path. */
function conclude(context: Context, snapshot: Snapshot): ExitCode {
  const { progress, titles } = snapshot;
  if (progress.status === 'parked') return concludeParked(context, snapshot);
  const { output } = context;
  const { status, run, started, finished, report, message } = progress;
  if (output.json) output.emit(resultOf(progress));
  const { nodes, calls, training_steps: steps } = tally(progress);
  const asked = Object.entries(calls).map(([endpoint, number]) => `${number.toLocaleString('en')} to ${endpoint}`);
  const paint = status === 'succeeded' ? output.paint.green : output.paint.red;
  output.talk(`\n${output.paint.bold(run)} ${paint(status)} after ${duration((finished ?? Date.now()) - started)}`);
  output.talk(`  ${count(nodes.total, 'node')}: ${nodes.ran} ran, ${nodes.reused} reused`);
  output.talk(`  model calls: ${asked.join(', ') || 'none'}`);
  output.talk(`  training steps: ${steps.toLocaleString('en')}`);
  const failed = progress.units.filter((unit) => unit.state === 'failed');
  for (const text of troubles(failed, titles, { paint: output.paint.red, verb: ' failed' })) output.talk(`\n${text}`);
  if (status === 'failed' && failed.length === 0) output.talk(`\n${plain(message ?? 'it ended without a message')}`);
  const checked = claimLines(progress.claims, { columns: process.stderr.columns || 80, paint: output.paint });
  if (checked.length > 0) output.talk(`\n${checked.join('\n')}`);
  if (report !== undefined && !output.json) {
    output.talk('\nThe report:');
    output.data(report);
  }
  output.next(nextCommands(progress));
  return status === 'succeeded' ? claimsExit(progress) : status === 'cancelled' ? exit.cancelled : exit.failed;
}

/** What went wrong, unit by unit: as it is called and, where that is not its id, as commands take it; the first few of many. */
function troubles(units: UnitProgress[], titles: Titles, { paint, verb }: { paint: (text: string) => string; verb: string }): string[] {
  const texts = units.slice(0, mostTold).map(({ id, nodes, failure }) => {
    const name = nodes.length > 1 ? id : nameOf({ nodes }, titles);
    const message = plain(failure?.message ?? '').replace(`${id}: `, '');
    return `${paint(name)}${name === id ? '' : `, ${id}`}${verb} (${failure?.class}): ${message}`;
  });
  return units.length > mostTold ? [...texts, `and ${units.length - mostTold} more: codepmp status`] : texts;
}

const mostTold = 5;

function nextCommands({ status, run, units, report }: RunProgress): [string, string][] {
  const failed = units.find((unit) => unit.state === 'failed')?.nodes[0]?.id;
  if (status !== 'succeeded')
    return [
      ...(failed === undefined ? [] : [[`codepmp logs ${failed} --run ${run}`, 'what it has written'] as [string, string]]),
      [`codepmp resume ${run}`, 'go on: what is done or paid for is reused'],
      [`codepmp doctor`, 'check what codepmp needs'],
    ];
  const shown = units.flatMap(({ nodes }) => nodes).find(({ kind }) => kind === 'pair')?.id ?? units[0]?.nodes[0]?.id ?? '';
  return [
    ...(report === undefined ? [] : [[`codepmp report ${run}`, "the report's numbers here"] as [string, string]]),
    [`codepmp show ${shown} -n 3`, 'three of what it has made'],
    ['codepmp dev stop', 'stop server and worker now; idle, they stop by themselves'],
  ];
}
