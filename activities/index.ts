import type { RunDelta } from '../plan/index.ts';
import { awaitNode } from './run/await-node.ts';
import { chunk } from './group/chunk.ts';
import { closeGroup } from './group/close.ts';
import { compilePipeline } from './run/compile-pipeline.ts';
import type { Dependencies } from './dependencies.ts';
import { atEdge } from './edge.ts';
import { finish } from './run/finish.ts';
import { lookup } from './run/lookup.ts';
import { openGroup } from './group/open.ts';
import { readUnits } from './run/plan-table.ts';
import { noteRun } from '../records/run.ts';
import { runProcess } from './process/run.ts';
import { step } from './run/step.ts';
import { onWork } from './run/unit-work.ts';
import { works } from './kinds/index.ts';

export type { Dependencies, ProcessPool } from './dependencies.ts';
export { followEndpointLimits } from './endpoint-limits.ts';
export { createMachine, scheduled } from './process/machine.ts';
export { createMeters } from './meter.ts';
export { stopOrphans } from './run/leave-node.ts';
export { giveOutLost } from './run/lost-work.ts';

/** Every activity, ready for a worker. */
export function createActivities(dependencies: Dependencies) {
  const { store } = dependencies;
  return atEdge({
    compilePipeline: compilePipeline(dependencies),
    readUnits: readUnits(dependencies),
    lookup: lookup(dependencies),
    awaitNode: awaitNode(dependencies),
    note: async (delta: RunDelta) => void (await noteRun(store, delta)),
    finish: finish(dependencies),
    openGroup: onWork(store, openGroup(dependencies)),
    chunk: onWork(store, chunk(dependencies, works)),
    closeGroup: onWork(store, closeGroup(dependencies, works)),
    step: onWork(store, step(dependencies, works)),
    runProcess: onWork(store, runProcess(dependencies, works)),
  });
}

export type Activities = ReturnType<typeof createActivities>;
