import { defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { askMessages, type WaitingRun } from '../plan/index.ts';

const askSignal = defineSignal<[WaitingRun]>(askMessages.ask);
const leaveUpdate = defineUpdate<string[], [WaitingRun]>(askMessages.leave);
const askersQuery = defineQuery<string[]>(askMessages.askers);

/**
 * Keeps which runs wait for a node, so that only the last one to leave stops it. The answer to one that leaves names the others. Returns
 * when each of those that wait asked last, by run; `before` has those of an earlier execution.
 */
export function listenToAskers(before: [run: string, at: number][] = []): Map<string, number> {
  const askers = new Map(before);
  setHandler(askSignal, ({ run, at }) => void askers.set(run, Math.max(at, askers.get(run) ?? 0)));
  setHandler(leaveUpdate, ({ run, at }) => {
    if ((askers.get(run) ?? 0) <= at) askers.delete(run);
    return [...askers.keys()];
  });
  setHandler(askersQuery, () => [...askers.keys()]);
  return askers;
}
