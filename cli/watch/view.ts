import { skippedIn, type PairNote, type StepNote, type UnitNote, type UnitProgress } from '../../plan/index.ts';
import type { Estimate } from '../../plan/metrics.ts';
import { isKind, kindOf } from '../../schemas/index.ts';
import { timeLeft, type MeasuredTimes } from './eta.ts';
import type { Snapshot } from '../runs/follow.ts';
import type { Output } from '../terminal/output.ts';
import type { RunNow } from '../runs/refresh.ts';
import type { Titles } from '../runs/runs.ts';
import { about, count, duration } from '../terminal/text.ts';
import { fit, padded, plainLine, wrap } from '../../text/index.ts';

interface ViewOptions {
  measured: MeasuredTimes;
  now: number;
  paint: Output['paint'];
  columns: number;
  /** How many lines fit; if there are more, finished and waiting units are only counted. */
  rows: number;
}

/** Milliseconds after which a queued step says what it waits for. */
const longQueue = 10_000;

const marks = { waiting: '·', running: '▸', reused: '=', done: '✓', failed: '✗', cancelled: '-', parked: '?', skipped: '-' } as const;

/** Columns for the names of steps: the fewest, and the most as a share of all columns. */
const nameWidth = { least: 22, share: 0.45 };

/** A run at one moment, even if no server is running it. */
type ShownRun = Omit<Snapshot, 'progress'> & { progress: RunNow };

/** A run as lines: a headline with the time left, and a line per unit. */
export function viewOf(snapshot: ShownRun, options: ViewOptions): string[] {
  const { progress, trouble } = snapshot;
  const { paint, columns, rows } = options;
  const width = widthOf(snapshot, columns);
  const lines = progress.units.flatMap((unit) => unitLines(unit, snapshot, { ...options, width }).map((text) => ({ unit, text })));
  const shown =
    lines.length <= rows - 3
      ? lines
      : lines.filter(({ unit }) => unit.state === 'running' || unit.state === 'failed' || unit.state === 'parked');
  const listed = new Set(shown.map(({ unit }) => unit));
  const rest = shown.length < lines.length ? [paint.dim(`  ${statesOf(progress.units.filter((unit) => !listed.has(unit)))}`)] : [];
  const warning = trouble === null ? [] : [paint.yellow(fit(`  ${plainLine(trouble)}; retrying`, columns))];
  return [headline(snapshot, options), ...shown.slice(-(rows - 3)).map(({ text }) => text), ...rest, ...warning];
}

/** `quickstart-… running for 2 min, about 5 min left`. */
export function headline(
  { progress, notes }: Pick<ShownRun, 'progress' | 'notes'>,
  { measured, now, paint, columns }: ViewOptions,
): string {
  const { run, status, started, finished, capped, paused, units } = progress;
  const reached = capped === undefined ? '' : `: budget reached, ${capped}`;
  if (status === 'parked')
    return `${paint.bold(run)} ${paint.yellow('parked')} ${duration(lastChange(progress) - started)} after its start${reached}`;
  if (status === 'interrupted') return `${paint.bold(run)} ${paint.yellow('interrupted')}, started ${duration(now - started)} ago`;
  if (status !== 'running') return `${paint.bold(run)} ${colored(status, paint)(status)} after ${duration((finished ?? now) - started)}`;
  if (paused) return `${paint.bold(run)} ${paint.yellow('paused')}, started ${duration(now - started)} ago`;
  const left = timeLeft({ progress: { ...progress, status }, notes, measured, now });
  const eta = left ? `, about ${about(left.ms)} left${left.basis === 'measured' ? '' : ' (a guess)'}` : '';
  const text = ` running for ${duration(now - started)}${units.length === 0 ? ', reading the file' : eta}`;
  return `${paint.bold(run.length + text.length <= columns ? run : progress.name)}${text}`;
}

/** When the last unit ended, which is when a parked run was parked. */
function lastChange({ started, units }: RunNow): number {
  return units.reduce((last, { finished = 0 }) => Math.max(last, finished), started);
}

/** `3 done, 2 reused, 1 running`. */
export function statesOf(units: UnitProgress[]): string {
  const order = ['failed', 'parked', 'cancelled', 'running', 'done', 'reused', 'skipped', 'waiting'] as const;
  const counts = order.map((state) => [state, units.filter((unit) => unit.state === state).length] as const);
  return counts.filter(([, number]) => number > 0).map(([state, number]) => `${number} ${state}`).join(', ');
}

/** What a running unit has done: `step 3/8, loss 0.69` or `12/32 items`. */
export function doneOf(note: UnitNote): string {
  const { done, total, unit, detail } = note;
  const share = total === null ? `${done}` : `${done}/${total}`;
  const parts = [unit === 'steps' ? `step ${share}` : `${share} items`];
  if (typeof detail['loss'] === 'number') parts.push(`loss ${detail['loss'].toFixed(3)}`);
  if (typeof detail['accuracy'] === 'number') parts.push(`accuracy ${detail['accuracy'].toFixed(2)}`);
  if (typeof detail['tokens_per_second'] === 'number') parts.push(`${Math.round(detail['tokens_per_second'])} tokens/s`);
  return parts.join(', ');
}

/** What a finished unit took: `40 s, 8 training steps, 56 local-strong calls`. */
export function costOf({ seconds, calls = {}, training_steps: steps = 0 }: UnitProgress): string {
  const parts = seconds === undefined ? [] : [duration(seconds * 1000)];
  if (steps > 0) parts.push(count(steps, 'training step'));
  return [...parts, ...Object.entries(calls).map(([endpoint, number]) => count(number, `${endpoint} call`))].join(', ');
}

function unitLines(unit: UnitProgress, { notes, titles }: ShownRun, options: ViewOptions & { width: number }): string[] {
  const { paint, columns, width } = options;
  const { state } = unit;
  const note = notes.get(unit.key ?? '');
  const line = (name: string, text: string, mark = ' '): string =>
    `  ${colored(state, paint)(mark)} ${padded(fit(name, width), width)} ${fit(plainLine(text), columns - width - 5)}`.trimEnd();
  if (state === 'failed' || state === 'parked')
    return [
      line(
        unit.failure?.node === undefined ? nameOfUnit(unit, titles) : titledNode(unit.failure.node, titles),
        `${unit.failure?.class ?? state}: ${(unit.failure?.message ?? '').split('\n')[0]}`,
        marks[state],
      ),
    ];
  if (state === 'skipped') return [line(nameOfUnit(unit, titles), unit.why ?? state, marks.skipped)];
  if (state !== 'running') {
    const left = skippedIn(unit).map(({ id, why = state }) => line(titledNode(id, titles), why, marks.skipped));
    return [line(nameOfUnit(unit, titles), [state, costOf(unit)].filter(Boolean).join('   '), marks[state]), ...left];
  }
  const rate = note ? rateOf(note, options.now) : '';
  const troubleLines = (begun: StepNote[]): string[] => {
    const trouble = troubleText(begun);
    return trouble === null ? [] : wrap(`      ${plainLine(trouble)}`, columns, { hang: 2 }).map((text) => paint.yellow(fit(text, columns)));
  };
  if (!note || !hasBegun(note) || unit.nodes.length === 1) {
    const begun = note && hasBegun(note) ? `${doneOf(note)}${rate}` : null;
    const text = begun ?? queuedText(unit, note, { titles, now: options.now }) ?? 'starting or queued';
    return [line(nameOfUnit(unit, titles), text, marks.running), ...troubleLines(Object.values(note?.steps ?? {}))];
  }
  return stepsOfUnit(unit).flatMap((ids, index) => {
    const begun = ids.flatMap((id) => note.steps[id] ?? []);
    const pairs = ids.flatMap((id) => pairTexts(titledNode(id, titles), note.steps[id]?.pairs));
    const sum = (name: 'done' | 'total'): number => begun.reduce((all, each) => all + each[name], 0);
    const name = ids.length === 1 ? titledNode(ids[0], titles) : `${stepOfUnit(ids[0])} (${count(ids.length, 'node')})`;
    const amount = `${sum('done')}/${sum('total')} items${index === 0 ? rate : ''}`;
    const shown = line(name, begun.length > 0 ? amount : 'waiting', index === 0 ? marks.running : ' ');
    return [shown, ...pairs.flatMap((text) => wrap(text, columns, { hang: 2 })), ...troubleLines(begun)];
  });
}

/** For how long a process has been ready without running, and what it waits for; null for one that is not, or not for long. */
export function queuedText(
  { nodes, started }: UnitProgress,
  note: UnitNote | undefined,
  { titles, now }: { titles: Titles; now: number },
): string | null {
  const isProcess = nodes.every(({ kind }) => isKind(kind) && kindOf(kind).shape === 'process');
  const { since, holder } = note?.queued ?? { since: started, holder: 'no worker has taken it yet' };
  if (!isProcess || since === undefined || typeof note?.began === 'number' || now - since <= longQueue) return null;
  const named = (holder ?? 'the machine is free').replace(/^\S+(?= runs$)/, (id) => titledNode(id, titles));
  return `queued for ${duration(now - since)}: ${named}`;
}

/** The error that running steps are retrying after; null: none. */
export function troubleText(steps: StepNote[]): string | null {
  const trouble = steps.find((each) => each.trouble !== undefined)?.trouble;
  return trouble === undefined ? null : `retrying after ${trouble}`;
}

/**
 * `pairs (by_tests=true): 80 of 100 items`, and for each language `Python 60: longer 0.76 [0.65, 0.84], AUC 0.80 [0.70, 0.90]`: the share
 * of pairs whose chosen text is the longer one, and the AUC of length, with 95 % intervals. Nothing before the first pair.
 */
function pairTexts(name: string, { of, made, languages = {} }: PairNote = { of: 0, made: 0 }): string[] {
  const text = ({ value, interval }: Estimate): string => `${value?.toFixed(2)} [${interval?.map((bound) => bound.toFixed(2)).join(', ')}]`;
  const biases = Object.entries(languages).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = biases.map(
    ([language, { chosen_longer: longer, length }]) =>
      `        ${plainLine(language)} ${longer.n}: longer ${text(longer)}, AUC ${text(length)}`,
  );
  return made === 0 ? [] : [`      ${plainLine(name)}: ${made} of ${of} items`, ...lines];
}

/** Members of a group by step. */
function stepsOfUnit({ nodes }: UnitProgress): string[][] {
  return [...Map.groupBy(nodes.map(({ id }) => id), stepOfUnit).values()];
}

/** Whether a running unit has progress to show: it is no longer queued and its total is known. */
export function hasBegun({ began, done, total }: UnitNote): boolean {
  return began !== null && (done > 0 || total !== null);
}

function rateOf({ began, done, unit, detail }: UnitNote, now: number): string {
  if (began === null || done === 0 || typeof detail['tokens_per_second'] === 'number') return '';
  const rate = (done * 1000) / Math.max(1, now - began);
  return `, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} ${unit}/s`;
}

/** The name of a unit; a group is named by its first and last step. */
export function nameOfUnit({ nodes }: Pick<UnitProgress, 'nodes'>, titles: Titles): string {
  const first = titledNode(nodes[0]?.id, titles);
  return nodes.length === 1 ? first : `${first} … ${stepOfUnit(nodes.at(-1)?.id)}`;
}

function titledNode(id = '', titles: Titles): string {
  return titles.get(id) ?? id;
}

/** The step of a node: its id without the digits of its key. */
function stepOfUnit(id = ''): string {
  return id.replace(/@[0-9a-f]+$/, '');
}

function widthOf({ progress, titles }: ShownRun, columns: number): number {
  const longest = Math.max(...progress.units.slice(0, 1000).map((unit) => nameOfUnit(unit, titles).length), 0);
  return Math.max(nameWidth.least, Math.min(longest, Math.floor(columns * nameWidth.share)));
}

function colored(state: UnitProgress['state'] | RunNow['status'], paint: Output['paint']): (text: string) => string {
  if (state === 'failed') return paint.red;
  if (state === 'parked') return paint.yellow;
  if (state === 'cancelled' || state === 'waiting' || state === 'skipped') return paint.dim;
  return state === 'running' ? paint.cyan : paint.green;
}
