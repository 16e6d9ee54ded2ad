import { getExternalWorkflowHandle, sleep } from '@temporalio/workflow';
import { pauseSignal } from './askers.ts';
import { unitOf, type RunState } from './run-state.ts';

/** A unit that runs: its node has started or is about to. */
export interface RunningUnit {
  work: Promise<void>;
  /** Ends its node, or the wait for one that has not started, and puts the unit back into the queue. */
  takeBack(): void;
}

interface Walk {
  state: RunState | null;
  running: ReadonlyMap<number, RunningUnit>;
}

/** Seconds before each try to tell a node, which may be about to start. */
const tries = [0, 1, 2, 4];

/**
 * Tells the node of a running unit whether the run is paused. A node that has not started by then waits for a worker with a free slot:
 * its unit is taken back, and waits until the run goes on.
 */
export function tellOfPause(walk: Walk, index: number): void {
  void tell(walk, index).catch(() => undefined);
}

async function tell({ state, running }: Walk, index: number): Promise<void> {
  const unit = running.get(index);
  if (!state || !unit) return;
  const { progress, compiled } = state;
  const paused = progress.paused === true;
  const node = getExternalWorkflowHandle(`${compiled.store}/${unitOf(state, index).key}`);
  for (const seconds of tries) {
    if (seconds > 0) await sleep(`${seconds}s`);
    if (running.get(index) !== unit || (progress.paused === true) !== paused) return;
    if (await node.signal(pauseSignal, { run: progress.run, paused }).then(() => true, () => false)) return;
  }
  if (paused) unit.takeBack();
}
