/** Python code and the tests for it. */
export interface TestedCode {
  code: string;
  /** Top-level `assert`s, calls and `test_…` functions, each of them one test. */
  tests: string;
  /** Time that they may take, in seconds: on a processor, and in which they want none. Waiting for one does not count. */
  seconds: number;
  /** Memory that they may take, all processes and files together, in MiB. */
  megabytes: number;
}

/** How a program did: the tests it passed of all, or what kept them from being counted. `no-verdict` says nothing about it. */
export type TestRun = { passed: number; of: number } | { failure: 'timed-out' | 'crashed' | 'no-tests' | 'broken-tests' | 'no-verdict' };

/** Runs code that nobody has read, apart from everything else on the machine. */
export interface Sandbox {
  /** Why nothing can be run here, with what to do about it; null where it can. */
  obstacle(): Promise<string | null>;
  /**
   * Runs code with its tests. Waits while as many run as the machine has processors. Throws when it is aborted, and when nothing could
   * be started.
   */
  run(tested: TestedCode, signal: AbortSignal): Promise<TestRun>;
}
