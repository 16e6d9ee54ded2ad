import type { TrainingCurve, TrainingLine } from '../plan/metrics.ts';

export type TrainingStep = Extract<TrainingLine, { step: number }>;

/** The steps in order; of a step that was repeated after a crash the last line counts. */
export function stepsOf(curve: TrainingCurve): TrainingStep[] {
  const steps = new Map<number, TrainingStep>();
  for (const line of curve) if ('step' in line) steps.set(line.step, line);
  return [...steps.values()].sort((a, b) => a.step - b.step);
}

/** Steps a training was resumed after, in file order. */
export function resumesOf(curve: TrainingCurve): number[] {
  return curve.flatMap((line) => ('event' in line && (line.resumed_from ?? 0) > 0 ? [line.resumed_from ?? 0] : []));
}
