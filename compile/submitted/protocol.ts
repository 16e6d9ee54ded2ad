import type { CompileOptions, Compiled } from '../compile.ts';
import type { NamedFile } from '../extends/bases.ts';
import type { ReadFile } from '../extends/places.ts';

/** Argument of a process that warms up. */
export const warm = '--warm';

/** What it extends comes along in `files`, or is shipped: nothing of the disk is read for a file that may be hostile. */
export type GuardedOptions = Omit<CompileOptions, 'bases'>;

/** What the process is asked for: a plan, or only where values stand in a file and those that came along with it. */
export type GuardedRequest = { compile: GuardedOptions } | { read: NamedFile; files: { [file: string]: string } };

/** What the process says of one file; an error is a fault of the compiler. */
export type GuardedAnswer = { compiled: Compiled } | { read: ReadFile } | { error: string };
