import { defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { askMessages, type PausedRun, type UnitSummary, type WaitingRun } from '../plan/index.ts';

const askSignal = defineSignal<[WaitingRun]>(askMessages.ask);
export const pauseSignal = defineSignal<[PausedRun]>(askMessages.pause);
const leaveUpdate = defineUpdate<string[], [WaitingRun]>(askMessages.leave);
const askersQuery = defineQuery<string[]>(askMessages.askers);

/** The runs that wait for a node. */
export interface Askers {
  /** When each asked last. */
  askedAt: Map<string, number>;
  /** Those that are paused. */
  paused: Set<string>;
}

/** The same as one execution hands it to the next. */
export interface KeptAskers {
  askers: [run: string, at: number][];
  /** Absent: none. */
  paused?: string[];
}

/**
 * Keeps which runs wait for a node, so that only the last one to leave stops it. The answer to one that leaves names the others. `before`
 * has those of an earlier execution.
 */
export function listenToAskers(before: KeptAskers = { askers: [] }): Askers {
  const askedAt = new Map(before.askers);
  const paused = new Set(before.paused);
  setHandler(askSignal, ({ run, at }) => void askedAt.set(run, Math.max(at, askedAt.get(run) ?? 0)));
  setHandler(pauseSignal, ({ run, paused: isPaused }) => void (isPaused ? paused.add(run) : paused.delete(run)));
  setHandler(leaveUpdate, ({ run, at }) => {
    if ((askedAt.get(run) ?? 0) <= at) {
      askedAt.delete(run);
      paused.delete(run);
    }
    return [...askedAt.keys()];
  });
  setHandler(askersQuery, () => [...askedAt.keys()]);
  return { askedAt, paused };
}

/** Who pays for what a node has made: of the runs that wait for it, the one that has for the longest time. */
export function payerOf({ askedAt }: Askers): { payer?: string } {
  const [payer] = askedAt.keys();
  return payer === undefined ? {} : { payer };
}

/** Results that say who pays for them. */
export function paidBy(askers: Askers, results: UnitSummary): UnitSummary {
  return Object.fromEntries(Object.entries(results).map(([node, result]) => [node, { ...result, ...payerOf(askers) }]));
}

export function keptAskers({ askedAt, paused }: Askers): KeptAskers {
  return { askers: [...askedAt], ...(paused.size > 0 && { paused: [...paused] }) };
}

/** Whether all runs that wait are paused. */
export function areAllPaused({ askedAt, paused }: Askers): boolean {
  return askedAt.size > 0 && [...askedAt.keys()].every((run) => paused.has(run));
}
