/** A run that waits for a node. A later execution or attempt of the same run asks again, with a later time. */
export interface WaitingRun {
  /** Workflow id of the run. */
  run: string;
  /** When the server scheduled the wait, milliseconds since the epoch. */
  at: number;
}

/** Says whether a run is paused. */
export interface PausedRun {
  run: string;
  paused: boolean;
}

/**
 * Names of the messages by which runs ask a node for its result, say that they are paused and leave it, and of the query for those that
 * wait.
 */
export const askMessages = { ask: 'ask', pause: 'pause', leave: 'leave', askers: 'askers' } as const;
