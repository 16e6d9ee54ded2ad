/** Exit codes of every command. */
export const exit = {
  done: 0,
  /** Problems in the file, or the run failed. */
  failed: 1,
  usage: 2,
  cancelled: 3,
  /** Cannot connect, or access is denied. */
  unreachable: 4,
  /** The run succeeded, but a claim does not hold. */
  claim: 5,
  /** Parked: the run waits for a decision. */
  parked: 6,
  /** `plan --detailed-exitcode`: some step would run. */
  pending: 10,
  /** Detached; the run continues. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** Ends a command with a message that says where, what happened and what to do next. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exit.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
