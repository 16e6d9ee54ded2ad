import type { CompileOptions, Compiled } from '../compile.ts';

/** Argument of a process that warms up. */
export const warm = '--warm';

/** What it extends comes along in `files`, or is shipped: nothing of the disk is read for a file that may be hostile. */
export type GuardedOptions = Omit<CompileOptions, 'bases'>;

/** The answer of the process to one file; an error is a fault of the compiler. */
export type GuardedAnswer = { compiled: Compiled } | { error: string };
