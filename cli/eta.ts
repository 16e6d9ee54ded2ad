import type { Digest, Kind, RunProgress, UnitProgress } from '../plan/index.ts';
import type { UnitNote } from './runs.ts';

/** Milliseconds a unit takes, by its id: measured in earlier runs. */
export type Measured = Map<string, number>;

export interface TimeLeft {
  ms: number;
  /** Whether it rests on earlier runs of the same steps, or on what the kinds of steps took in the quickstart on two cores. */
  basis: 'measured' | 'guessed';
}

/** Seconds of each kind in the quickstart on two cores; steps of one group overlap and are summed. */
const typicalSeconds: { [K in Kind]: number } = {
  'source/files': 3,
  summarize: 40,
  clip: 0,
  respond: 50,
  pair: 1,
  'dataset/arithmetic': 2,
  'train/pmp': 40,
  'train/rm': 60,
  candidates: 85,
  grade: 5,
  'eval/accuracy': 8,
  'eval/choice': 8,
  'eval/bon': 8,
  report: 4,
};

/** A share below this says nothing about the rest. */
const leastShare = 0.05;

/** Time units took in earlier runs, newest first in `runs`. */
export function measuredTimes(runs: RunProgress[]): Measured {
  const measured: Measured = new Map();
  for (const { units } of runs)
    for (const { id, state, started, finished } of units)
      if (state === 'done' && started !== undefined && finished !== undefined && !measured.has(id)) measured.set(id, finished - started);
  return measured;
}

/** Time a run still needs, or null when nothing is left. Waiting units follow one another; running ones overlap. */
export function timeLeft(options: { progress: RunProgress; notes: Map<Digest, UnitNote>; measured: Measured; now: number }): TimeLeft | null {
  const { progress, notes, measured, now } = options;
  const waiting = progress.units.filter(({ state }) => state === 'waiting');
  const running = progress.units.filter(({ state }) => state === 'running');
  if (waiting.length + running.length === 0) return null;
  const expected = (unit: UnitProgress): number => measured.get(unit.id) ?? typical(unit);
  const remaining = running.map((unit) => unitLeft(unit, notes.get(unit.key ?? ''), { expected: expected(unit), now }) ?? 0);
  const ms = Math.max(0, ...remaining) + waiting.reduce((sum, unit) => sum + expected(unit), 0);
  const known = (unit: UnitProgress): boolean => measured.has(unit.id) || shareOf(notes.get(unit.key ?? '')) >= leastShare;
  return { ms, basis: [...waiting, ...running].every(known) ? 'measured' : 'guessed' };
}

/** Time one running unit still needs: by its share done, before that by what it is expected to take. */
export function unitLeft(unit: UnitProgress, note: UnitNote | undefined, { expected, now }: { expected: number; now: number }): number | null {
  if (unit.started === undefined) return null;
  const elapsed = now - unit.started;
  const share = shareOf(note);
  if (share >= leastShare) return (elapsed * (1 - share)) / share;
  return Math.max(0, expected - elapsed);
}

function shareOf(note: UnitNote | undefined): number {
  return note?.total ? note.done / note.total : 0;
}

function typical({ nodes }: UnitProgress): number {
  return nodes.reduce((sum, { kind }) => sum + (typicalSeconds[kind as Kind] ?? 30) * 1000, 0);
}
