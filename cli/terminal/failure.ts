/** Exit codes of every command. */
export const exit = {
  done: 0,
  /** Problems in the file, or the run failed. */
  failed: 1,
  usage: 2,
  cancelled: 3,
  /** Cannot connect, or not allowed. */
  unreachable: 4,
  /** The run succeeded, and a claim does not hold. */
  claim: 5,
  /** Parked: the run waits for a decision. */
  parked: 6,
  /** `plan --detailed-exitcode`: something would run. */
  pending: 10,
  /** Detached; the run goes on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** Ends a command with a message that names the thing, what happened and the next action. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exit.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
