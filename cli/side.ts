import { createBases } from '../compile/index.ts';
import type { RunProgress } from '../plan/index.ts';
import { specPlaces } from './change-words.ts';
import type { SpecPlaces } from './change-words.ts';
import { existingStore, requireStore } from './context.ts';
import type { Context } from './context.ts';
import { fileView, runView } from './explain-history.ts';
import type { EarlierRun, View } from './explain-history.ts';
import { CommandFailure } from './failure.ts';
import { basesOnDisk, readPipeline, requirePlan } from './pipeline-file.ts';
import type { PipelineOptions } from './pipeline-file.ts';
import { isFile } from './run-or-file.ts';
import { pickRun, readPlan, readSubmission } from './runs.ts';

/** A pipeline file or a run, as it is explained, compared or drawn. */
export type Side = FileSide | RunSide;

export interface FileSide {
  kind: 'file';
  /** As the user wrote it. */
  name: string;
  view: View;
  places: SpecPlaces;
}

export interface RunSide {
  kind: 'run';
  name: string;
  progress: RunProgress;
  view: EarlierRun;
  places: SpecPlaces;
}

/** What an argument names: a file, or a run of the store (its name may be cut short); without one, the newest run. */
export async function openSide(context: Context, name: string | undefined, options: PipelineOptions = {}): Promise<Side> {
  return name !== undefined && isFile(name) ? openFile(context, name, options) : openRun(context, name);
}

/** A file, with what the store has of its nodes. */
export async function openFile(context: Context, path: string, options: PipelineOptions): Promise<FileSide> {
  const pipeline = readPipeline(context, path, options);
  const plan = requirePlan(context, pipeline);
  const store = await existingStore(context);
  const { file, text, input } = pipeline;
  const places = specPlaces({ file, text, bases: basesOnDisk(context), set: input.set ?? {} });
  return { kind: 'file', name: file, view: fileView(store, plan), places };
}

/** A run that has a plan; one whose file was not compiled ends the command. */
export async function openRun(context: Context, name: string | undefined): Promise<RunSide> {
  const store = await requireStore(context);
  const progress = await pickRun(store, name);
  const plan = await readPlan(store, progress);
  if (!plan) throw new CommandFailure(`${progress.run} has no plan: its file was not compiled. See how it stands: codepmp status ${progress.run}`);
  const submission = await readSubmission(store, progress.run);
  const { file = 'plan.json', spec = null, files = {}, set = {} } = submission ?? {};
  const places = specPlaces({ file, text: spec, bases: createBases({ files }), set });
  return { kind: 'run', name: progress.run, progress, view: runView(store, progress, plan), places };
}
