import type { ParamValues, RunProgress } from '../plan/index.ts';
import type { Store } from '../ports/store.ts';
import { publishNamed, readNamed } from './named.ts';
import { submissionName } from './names.ts';

/** What a run was started from. */
export interface Submission {
  run: string;
  file: string;
  /** Text of the pipeline file; null if only a plan was submitted. */
  spec: string | null;
  /** The files it extends. */
  files?: { [path: string]: string } | undefined;
  set: ParamValues;
  /** Which part of the pipeline was requested. */
  sweeps?: string[] | undefined;
  cell?: ParamValues | undefined;
  sample?: number | undefined;
}

/** Stores what a run was started from. `started` is in milliseconds since the epoch. */
export async function keepSubmission(store: Store, submission: Submission, started: number): Promise<void> {
  await publishNamed(store, submissionName({ run: submission.run, started }), submission);
}

/** What a run was started from; null before the file is compiled. */
export function readSubmission(store: Store, run: Pick<RunProgress, 'run' | 'started'>): Promise<Submission | null> {
  return readNamed<Submission>(store, submissionName(run));
}
