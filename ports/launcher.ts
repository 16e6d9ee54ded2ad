import type { Span } from '../plan/index.ts';

/** One try of one job; the pair names it for ever, so that it is found again after any crash. */
export interface JobRef {
  job: string;
  attempt: string;
}

export interface JobRequest extends JobRef {
  /** Program and arguments, no shell. */
  argv: [string, ...string[]];
  /** Added to a short list of harmless variables; nothing else is inherited. */
  env: { [name: string]: string };
  cwd: string;
  /** On how many nodes of the pool it runs at once. Default: one. */
  nodes?: number;
}

export type JobState =
  /** Never submitted here. */
  | { state: 'absent' }
  /** Submitted, and not started yet, for this reason. */
  | { state: 'queued'; reason: string }
  /** `elsewhere`: the name of the machine that runs it, where that is not this one and no scheduler's. */
  | { state: 'running'; elsewhere?: string }
  /** It has ended; whether it succeeded is in the result it wrote. */
  | { state: 'exited'; failure: ProcessFailure | null };

/** How a process ended that did not end with 0. */
export interface ProcessFailure {
  command: string;
  /** Null when a signal ended it or nobody saw it end. */
  exit: number | null;
  signal: string | null;
  cancelled: boolean;
  /** Whether it had to make room: somebody else has asked it to end, or the scheduler says so. */
  preempted: boolean;
  /** Last lines of its standard error. */
  stderr: string;
}

/** Environment variable of the processes that keep libraries loaded for the jobs of a store, and of these; its value is the store's folder. */
export const preloadedMarker = 'CODEPMP_PRELOADED';

/** Processes that outlive the worker that started them. */
export interface Launcher {
  /** The machine that it starts all jobs on, which is this one; null where they run on nodes. */
  machine: string | null;
  /** Starts the job unless this attempt was ever submitted, by whomever; either way its state now. */
  submit(request: JobRequest): Promise<JobState>;
  /** The state of an attempt that somebody submitted earlier, on this machine or on another one that shares the store's folder. */
  poll(ref: JobRef): Promise<JobState>;
  /**
   * SIGTERM to the launched process, after `graceMs` SIGKILL to it and everything it started; resolves when no process
   * of the attempt is left. An attempt that was cancelled before it was submitted cannot be submitted any more.
   */
  cancel(ref: JobRef, options: { graceMs: number }): Promise<void>;
  /** When an attempt ran, from when it had all its nodes; while it does, until now. null for one that never started. */
  ran(ref: JobRef): Promise<Span | null>;
  /** Absolute path of the attempt's folder, made if it is not there: its files, `stdout.log` and `stderr.log`. */
  folder(ref: JobRef): Promise<string>;
}

/** What a process writes last: if it exists, the process finished its work. */
export interface ProcessResult {
  status: 'succeeded' | 'preempted' | 'failed';
  class: string | null;
  message: string;
  steps?: number;
  files?: { name: string; path: string; sha256: string; bytes: number }[];
  meta?: Record<string, never>;
}
