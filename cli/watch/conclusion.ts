import type { RunProgress } from '../../plan/index.ts';
import { claimLines, claimsExit } from './claims.ts';
import type { Context } from '../context.ts';
import { exit, type ExitCode } from '../terminal/failure.ts';
import type { Snapshot } from '../runs/follow.ts';
import { nextCommands } from './next-commands.ts';
import { tally, type Titles } from '../runs/runs.ts';
import { troublesOf } from './troubles.ts';
import { nameOfUnit } from './view.ts';
import { warningLines, warningsOf } from './warnings.ts';
import { count, duration } from '../terminal/text.ts';

/** The last line of `--json`. */
export function resultOf(progress: RunProgress): object {
  const { status, run, report, message, claims } = progress;
  const warnings = warningsOf(progress);
  const shared = {
    type: 'result',
    status,
    run,
    ...tally(progress),
    report: report ?? null,
    ...(claims && { claims }),
    ...(warnings.length > 0 && { warnings }),
  };
  return message === undefined ? shared : { ...shared, message };
}

/** Prints how a run ended or what it waits for, and on standard output the path of the report. */
export function conclude(context: Context, snapshot: Snapshot): ExitCode {
  const { progress, titles } = snapshot;
  const { output } = context;
  const { status, report } = progress;
  if (output.json) output.emit(resultOf(progress));
  for (const line of status === 'parked' ? parkedLines(context, progress) : endLines(context, snapshot)) output.talk(line);
  for (const text of troublesOf(progress, titles, output.paint)) output.talk(`\n${text}`);
  for (const line of warningLines(progress, titles, output.paint)) output.talk(`\n${line}`);
  const checked = claimLines(progress.claims, { columns: process.stderr.columns || 80, paint: output.paint });
  if (checked.length > 0) output.talk(`\n${checked.join('\n')}`);
  if (report !== undefined && !output.json) {
    output.talk('\nThe report:');
    output.data(report);
  }
  const stop: [string, string][] =
    status === 'succeeded' ? [['codepmp dev stop', 'stop server and worker now (they stop on their own when idle)']] : [];
  output.next([...nextCommands(progress), ...stop]);
  return exitOf(progress);
}

/** The exit code that says how a run ended. */
export function exitOf(progress: RunProgress): ExitCode {
  const { status } = progress;
  if (status === 'parked') return exit.parked;
  return status === 'succeeded' ? claimsExit(progress) : status === 'cancelled' ? exit.cancelled : exit.failed;
}

function parkedLines({ output: { paint } }: Context, { run, capped }: RunProgress): string[] {
  const head = `\n${paint.bold(run)} ${paint.yellow('is parked')}, waiting for a decision`;
  return capped === undefined ? [head] : [head, `  its budget has been reached: ${capped}`];
}

function endLines({ output: { paint } }: Context, { progress, titles }: Snapshot): string[] {
  const { status, run, started, finished } = progress;
  const { nodes, calls, training_steps: steps } = tally(progress);
  const asked = Object.entries(calls).map(([endpoint, number]) => `${number.toLocaleString('en')} to ${endpoint}`);
  const color = status !== 'succeeded' ? paint.red : nodes.skipped > 0 ? paint.yellow : paint.green;
  const skipped = nodes.skipped === 0 ? '' : `, ${paint.yellow(`${nodes.skipped.toLocaleString('en')} skipped`)}`;
  return [
    `\n${paint.bold(run)} ${color(status)} after ${duration((finished ?? Date.now()) - started)}`,
    `  ${count(nodes.total, 'node')}: ${nodes.ran} ran, ${nodes.reused} reused${skipped}`,
    `  model calls: ${asked.join(', ') || 'none'}`,
    `  training steps: ${steps.toLocaleString('en')}`,
    ...longestLine(progress, titles),
  ];
}

/** The steps that took longest, where any took a second. */
function longestLine({ units }: RunProgress, titles: Titles): string[] {
  const ran = units.filter(({ state, seconds = 0 }) => state === 'done' && seconds >= 1);
  const longest = ran.toSorted((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0)).slice(0, 4);
  const times = longest.map((unit) => `${nameOfUnit(unit, titles)} ${duration((unit.seconds ?? 0) * 1000)}`);
  return times.length === 0 ? [] : [`  longest: ${times.join(', ')}`];
}
