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

export type { Dependencies } from './dependencies.ts';
export { createMachine } from './machine.ts';
export { createMeters } from './meter.ts';

/** Every activity, ready for a worker. */
export function createActivities(dependencies: Dependencies) {
  return atEdge({
    compilePipeline: compilePipeline(dependencies),
    readUnits: readUnits(dependencies),
    lookup: lookup(dependencies),
    awaitNode: awaitNode(dependencies),
    note: async (delta: RunDelta) => void (await noteRun(dependencies.store, delta)),
    finish: finish(dependencies),
    sourceFiles: sourceFiles(dependencies),
    datasetArithmetic: datasetArithmetic(dependencies),
    report: report(dependencies),
    openGroup: openGroup(dependencies),
    summarize: summarize(dependencies),
    clip: clip(dependencies),
    respond: respond(dependencies),
    pair: pair(dependencies),
    candidates: candidates(dependencies),
    closeGroup: closeGroup(dependencies),
    runProcess: runProcess(dependencies),
  });
}

export type Activities = ReturnType<typeof createActivities>;
