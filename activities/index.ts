import type { RunDelta } from '../plan/index.ts';
import { awaitNode } from './await-node.ts';
import { candidates } from './candidates.ts';
import { clip } from './clip.ts';
import { closeGroup } from './close-group.ts';
import { compilePipeline } from './compile-pipeline.ts';
import { datasetArithmetic } from './dataset-arithmetic.ts';
import type { Dependencies } from './dependencies.ts';
import { atEdge } from './edge.ts';
import { finish } from './finish.ts';
import { lookup } from './lookup.ts';
import { openGroup } from './open-group.ts';
import { pair } from './pair.ts';
import { readUnits } from './plan-table.ts';
import { report } from './report.ts';
import { respond } from './respond.ts';
import { noteRun } from './run-record.ts';
import { runProcess } from './run-process.ts';
import { sourceFiles } from './source-files.ts';
import { summarize } from './summarize.ts';
import { onWork } from './unit-work.ts';

export type { Dependencies } from './dependencies.ts';
export { createMachine } from './machine.ts';
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
