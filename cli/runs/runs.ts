import type { Store } from '../../ports/store.ts';
import { skippedIn, titleOf, type Digest, type Plan, type RunProgress, type UnitNote } from '../../plan/index.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { runNames } from '../../records/names.ts';
import { readPlan } from '../../records/plan.ts';
import { readRun } from '../../records/run.ts';
import { readUnitNote } from '../../records/unit-note.ts';
import { inParts } from './in-parts.ts';

/** A new run id: `quickstart-20261123-081530-4f2a`, local time and four random digits. */
export function newRunId(name: string): string {
  const now = new Date();
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const random = Math.floor(Math.random() * 0x10000).toString(16).padStart(4, '0');
  return `${name}-${day}-${time}-${random}`;
}

/** A new id for a trial of a step, which is not a run of the pipeline. */
export function newTrialId(name: string): string {
  return newRunId(`${name}-try`);
}

/** Whether a run is a trial of a step. */
export function isTrial({ run, name }: Pick<RunProgress, 'run' | 'name'>): boolean {
  return run.startsWith(`${name}-try-`);
}

/** How many earlier runs are searched, newest first: older ones say little about the next. */
export const runsLookedAt = 50;

/** Records of all runs of a store, newest first. */
export async function listRuns(store: Store): Promise<RunProgress[]> {
  return readRuns(store, await runNames(store));
}

/** Gives the records of all runs, which are read once, at the first call. */
export type Runs = () => Promise<RunProgress[]>;

export function runsOf(store: Store): Runs {
  let reading: Promise<RunProgress[]> | null = null;
  return () => (reading ??= listRuns(store));
}

/** The named run, or the newest that is not a trial; the start of a name is enough if only one run has it. */
export async function pickRun(store: Store, name: string | undefined, runs: Runs = runsOf(store)): Promise<RunProgress> {
  const named = name === undefined ? null : await findRun(store, name);
  if (named) return named;
  const all = await runs();
  const [newest] = all;
  if (!newest) throw new CommandFailure(`the store ${store.root} has no runs yet. Start one: codepmp run FILE`);
  if (name === undefined) return all.find((each) => !isTrial(each)) ?? newest;
  throw new CommandFailure(`there is no run ${name} in ${store.root}. The newest are:\n${firstOf(all)}`);
}

/** The run with this name, or the only one whose name starts with it; null if there is none. Several end the command. */
export async function findRun(store: Store, name: string): Promise<RunProgress | null> {
  const names = await runNames(store);
  const begun = names.includes(name) ? [name] : names.filter((each) => each.startsWith(name));
  const [only, ...others] = begun;
  if (only === undefined) return null;
  if (others.length === 0) return readRun(store, only);
  throw new CommandFailure(`${begun.length} runs start with ${name}:\n${firstOf(await readRuns(store, begun))}`);
}

function firstOf(runs: RunProgress[]): string {
  return runs.slice(0, 5).map(({ run }) => `  ${run}`).join('\n');
}

/** The records of these runs, newest first. */
async function readRuns(store: Store, names: string[]): Promise<RunProgress[]> {
  const records = await inParts(names, (name) => readRun(store, name));
  return records.filter((record) => record !== null).toSorted((a, b) => b.started - a.started);
}

/** The plan of a run; null before the file is compiled. */
export async function planOfRun(store: Store, { plan }: Pick<RunProgress, 'plan'>): Promise<Plan | null> {
  return plan === undefined ? null : readPlan(store, plan);
}

/** Titles of nodes, by id: the step, with the params that distinguish it from other nodes of the step. */
export type Titles = Map<string, string>;

/** Titles of the nodes of a run; empty before the file is compiled. */
export async function readTitles(store: Store, progress: Pick<RunProgress, 'plan'>): Promise<Titles> {
  const plan = await planOfRun(store, progress).catch(() => null);
  return new Map((plan?.nodes ?? []).map((node) => [node.id, titleOf(node)]));
}

/** Live progress of units by key; units without any are left out. */
export async function readUnitNotes(store: Store, progress: Pick<RunProgress, 'units'>): Promise<Map<Digest, UnitNote>> {
  const running = progress.units.filter(({ state, key }) => state === 'running' && key !== undefined);
  const notes = await inParts(running, ({ key = '' }) => readUnitNote(store, key));
  return new Map(running.flatMap(({ key = '' }, index) => (notes[index] ? [[key, notes[index]] as const] : [])));
}

/** Whether a run has not ended: it is running or waiting for a decision. */
export function isOpen({ status }: { status: string }): boolean {
  return status === 'running' || status === 'parked';
}

/** What a run has cost so far, in the form of its result; summed over its units if it has no totals. */
export function tally({ units, totals }: Pick<RunProgress, 'units' | 'totals'>): {
  nodes: { total: number; ran: number; reused: number; skipped: number };
  calls: { [endpoint: string]: number };
  training_steps: number;
} {
  const skipped = units.reduce((sum, unit) => sum + skippedIn(unit).length, 0);
  if (totals) return { nodes: { ...totals.nodes, skipped }, calls: totals.calls, training_steps: totals.training_steps };
  const nodes = { total: 0, ran: 0, reused: 0, skipped };
  const calls: { [endpoint: string]: number } = {};
  let steps = 0;
  for (const unit of units) {
    nodes.total += unit.nodes.length;
    const made = unit.nodes.length - skippedIn(unit).length;
    if (unit.state === 'done') nodes.ran += made;
    if (unit.state === 'reused') nodes.reused += made;
    for (const [endpoint, number] of Object.entries(unit.calls ?? {})) calls[endpoint] = (calls[endpoint] ?? 0) + number;
    steps += unit.training_steps ?? 0;
  }
  return { nodes, calls, training_steps: steps };
}
