import { getExternalWorkflowHandle, sleep } from '@temporalio/workflow';
import { pauseSignal } from './askers.ts';
import { unitOf, type RunState } from './run-state.ts';

interface Walk {
  state: RunState | null;
  running: ReadonlyMap<number, unknown>;
}

/** Tells the node of a running unit whether the run is paused. If the node has not started yet, this is repeated until it has. */
export function tellOfPause(walk: Walk, index: number): void {
  void tell(walk, index).catch(() => undefined);
}

async function tell({ state, running }: Walk, index: number): Promise<void> {
  if (!state) return;
  const { progress, compiled } = state;
  const paused = progress.paused === true;
  const node = getExternalWorkflowHandle(`${compiled.store}/${unitOf(state, index).key}`);
  while (running.has(index) && (progress.paused === true) === paused) {
    const isTold = await node.signal(pauseSignal, { run: progress.run, paused }).then(() => true, () => false);
    if (isTold) return;
    await sleep('1s');
  }
}
