import type { RunDelta } from '../plan/index.ts';
import { awaitNode } from './run/await-node.ts';
import { candidates } from './kinds/candidates.ts';
import { clip } from './kinds/clip.ts';
import { closeGroup } from './group/close.ts';
import { compilePipeline } from './run/compile-pipeline.ts';
import { datasetArithmetic } from './kinds/dataset/arithmetic.ts';
import type { Dependencies } from './dependencies.ts';
import { atEdge } from './edge.ts';
import { finish } from './run/finish.ts';
import { lookup } from './run/lookup.ts';
import { openGroup } from './group/open.ts';
import { pair } from './kinds/pair.ts';
import { readUnits } from './run/plan-table.ts';
import { report } from './kinds/report.ts';
import { respond } from './kinds/respond.ts';
import { noteRun } from '../records/run.ts';
import { runProcess } from './process/run.ts';
import { sourceFiles } from './kinds/source/files.ts';
import { summarize } from './kinds/summarize.ts';
import { onWork } from './run/unit-work.ts';

export type { Dependencies } from './dependencies.ts';
export { createMachine } from './process/machine.ts';
export { createMeters } from './meter.ts';

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
    sourceFiles: onWork(store, sourceFiles(dependencies)),
    datasetArithmetic: onWork(store, datasetArithmetic(dependencies)),
    report: onWork(store, report(dependencies)),
    openGroup: onWork(store, openGroup(dependencies)),
    summarize: onWork(store, summarize(dependencies)),
    clip: onWork(store, clip(dependencies)),
    respond: onWork(store, respond(dependencies)),
    pair: onWork(store, pair(dependencies)),
    candidates: onWork(store, candidates(dependencies)),
    closeGroup: onWork(store, closeGroup(dependencies)),
    runProcess: onWork(store, runProcess(dependencies)),
  });
}

export type Activities = ReturnType<typeof createActivities>;
