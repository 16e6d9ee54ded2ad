import { resolve } from 'node:path';
import { createBases, readBounded } from '../../compile/index.ts';
import type { RunProgress } from '../../plan/index.ts';
import { specPlaces, type SpecPlaces } from './change-words.ts';
import { existingStore, requireStore, type Context } from '../context.ts';
import { fileView, runView, type EarlierRun, type View } from './history.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { basesOnDisk } from '../pipeline/file.ts';
import { type PipelineOptions } from '../pipeline/options.ts';
import { changedSince, type PlanFile } from '../plan/plan-file.ts';
import { readPlanned } from '../plan/read.ts';
import { isFile } from '../pipeline/run-or-file.ts';
import { readSubmission } from '../../records/submission.ts';
import { pickRun, planOfRun } from '../runs/runs.ts';

/** A pipeline file or a run that is to be explained, compared or drawn. */
export type Side = FileSide | RunSide;

interface FileSide {
  kind: 'file';
  /** As the user wrote it. */
  name: string;
  /** Paths of all files it was read from. */
  sources: string[];
  view: View;
  places: SpecPlaces;
}

interface RunSide {
  kind: 'run';
  name: string;
  progress: RunProgress;
  view: EarlierRun;
  places: SpecPlaces;
}

/** The file or run that an argument names (a run by its name or the start of it); without an argument, the newest run. */
export async function openSide(context: Context, name: string | undefined, options: PipelineOptions = {}): Promise<Side> {
  return name !== undefined && isFile(name) ? openFile(context, name, options) : openRunSide(context, name);
}

/** A pipeline or a saved plan, with the results that the store has for its nodes. */
export async function openFile(context: Context, path: string, options: PipelineOptions): Promise<FileSide> {
  const { plan, pipeline, kept } = readPlanned(context, path, options);
  const store = await existingStore(context);
  const bases = basesOnDisk(context);
  const places = pipeline
    ? specPlaces({ file: pipeline.file, text: pipeline.text, bases, set: pipeline.input.set ?? {} })
    : placesOfKept(context, kept);
  return { kind: 'file', name: pipeline?.file ?? path, sources: pipeline?.sources ?? [path], view: fileView(store, plan), places };
}

/** Places in the pipeline that a plan was made from, as long as that file has not changed. */
function placesOfKept(context: Context, kept: PlanFile): SpecPlaces {
  const { file } = kept.made_from;
  const text = changedSince(context, kept).length === 0 ? new TextDecoder().decode(readBounded(resolve(context.folder, file))) : null;
  return specPlaces({ file, text, bases: basesOnDisk(context), set: {} });
}

/** A run that has a plan; a run whose file did not compile ends the command. */
export async function openRunSide(context: Context, name: string | undefined): Promise<RunSide> {
  const store = await requireStore(context);
  const progress = await pickRun(store, name);
  const plan = await planOfRun(store, progress);
  if (!plan)
    throw new CommandFailure(`${progress.run} has no plan: its pipeline file did not compile. Details: codepmp status ${progress.run}`);
  const submission = await readSubmission(store, progress);
  const { file = 'plan.json', spec = null, files = {}, set = {} } = submission ?? {};
  const places = specPlaces({ file, text: spec, bases: createBases({ files }), set });
  return { kind: 'run', name: progress.run, progress, view: runView(store, progress, plan), places };
}
