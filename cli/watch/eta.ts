import type { Digest, RunProgress, UnitNote, UnitProgress } from '../../plan/index.ts';
import type { Store } from '../../ports/store.ts';
import { readSubmission } from '../../records/submission.ts';
import { isKind, kindOf } from '../../schemas/index.ts';
import { inParts } from '../runs/in-parts.ts';
import { isTrial, runsLookedAt } from '../runs/runs.ts';

/** Milliseconds a unit takes, by id, as measured in earlier runs. */
export type MeasuredTimes = Map<string, number>;

interface TimeLeft {
  ms: number;
  /** Whether it is based on earlier runs like this one, or on the durations of kinds in the quickstart on two cores. */
  basis: 'measured' | 'guessed';
}

/** From this share on, only the progress decides how long the rest takes; below, it is combined with the expected time. */
const tellingShare = 0.3;

/**
 * How long units took in earlier runs like this one: of the same pipeline, with the same `--sample` if any, and a trial if it is one; for a
 * saved plan, which does not say its `--sample`, those of the same plan. `runs` has the newest first.
 */
export async function measuredTimes(
  store: Store,
  run: Pick<RunProgress, 'run' | 'name' | 'started' | 'plan'>,
  runs: RunProgress[],
): Promise<MeasuredTimes> {
  const alike = runs.filter((each) => each.name === run.name && isTrial(each) === isTrial(run)).slice(0, runsLookedAt);
  const [own, ...submissions] = await inParts([run, ...alike], (each) => readSubmission(store, each));
  const measured: MeasuredTimes = new Map();
  for (const [index, { plan, units }] of alike.entries()) {
    const other = submissions[index];
    if (other?.sample !== own?.sample) continue;
    if ((own?.spec === null || other?.spec === null) && plan !== run.plan) continue;
    for (const { id, state, seconds } of units)
      if (state === 'done' && seconds !== undefined && !measured.has(id)) measured.set(id, seconds * 1000);
  }
  return measured;
}

/**
 * Time a run still needs; null if nothing is left, or while a step retries after an error, since nobody knows for how long. Waiting units
 * are summed; running units overlap.
 */
export function timeLeft(options: {
  progress: RunProgress;
  notes: Map<Digest, UnitNote>;
  measured: MeasuredTimes;
  now: number;
}): TimeLeft | null {
  const { progress, notes, measured, now } = options;
  const waiting = progress.units.filter(({ state }) => state === 'waiting');
  const running = progress.units.filter(({ state }) => state === 'running');
  if (waiting.length + running.length === 0) return null;
  if (running.some(({ key = '' }) => Object.values(notes.get(key)?.steps ?? {}).some(({ trouble }) => trouble !== undefined))) return null;
  const expected = (unit: UnitProgress): number => measured.get(unit.id) ?? typical(unit);
  const remaining = running.map((unit) => unitLeft(unit, notes.get(unit.key ?? ''), { expected: expected(unit), now }) ?? 0);
  const ms = Math.max(0, ...remaining) + waiting.reduce((sum, unit) => sum + expected(unit), 0);
  const known = (unit: UnitProgress): boolean => measured.has(unit.id) || shareDone(unit, notes.get(unit.key ?? '')) >= tellingShare;
  return { ms, basis: [...waiting, ...running].every(known) ? 'measured' : 'guessed' };
}

/** Time a running unit still needs: from its share done and, while that is small, also from its expected time. */
function unitLeft(unit: UnitProgress, note: UnitNote | undefined, { expected, now }: { expected: number; now: number }): number | null {
  if (unit.started === undefined) return null;
  const elapsed = note?.began ? now - note.began : 0;
  const share = shareDone(unit, note);
  const byExpectation = Math.max(expected - elapsed, elapsed / 10);
  if (share === 0) return byExpectation;
  const byShare = (elapsed * (1 - share)) / share;
  const weight = Math.min(1, share / tellingShare);
  return weight * byShare + (1 - weight) * byExpectation;
}

/** Share of a unit that is done; steps of a group are weighted by the usual duration of their kinds. */
function shareDone({ nodes }: UnitProgress, note: UnitNote | undefined): number {
  if (!note?.total) return 0;
  const steps = nodes.flatMap(({ id, kind }) => {
    const step = note.steps[id];
    return step && step.total > 0 ? [{ share: step.done / step.total, weight: secondsOfKind(kind) + 0.1 }] : [];
  });
  if (steps.length === 0) return note.done / note.total;
  return steps.reduce((sum, { share, weight }) => sum + share * weight, 0) / steps.reduce((sum, { weight }) => sum + weight, 0);
}

function typical({ nodes }: UnitProgress): number {
  return nodes.reduce((sum, { kind }) => sum + secondsOfKind(kind) * 1000, 0);
}

/** Seconds of a kind in the quickstart on two cores; steps of a group overlap but are summed. */
function secondsOfKind(kind: string): number {
  const { typicalSeconds = 30 } = isKind(kind) ? kindOf(kind) : {};
  return typicalSeconds;
}
