import type { Spent, Worked } from './results.ts';

/** Every way work can fail at the edge between an activity and a workflow. The list is closed. */
export const failureClasses = [
  'invalid',
  'auth',
  'rate-limited',
  'unavailable',
  'quality',
  'out-of-memory',
  'diverged',
  'preempted',
  'node-lost',
  'job-failed',
] as const;

export type FailureClass = (typeof failureClasses)[number];

/** What a failure says besides its class and its message, in its details. */
export interface FailureDetails {
  /** The member of a group that failed. */
  node?: string;
  /** Milliseconds the other side asked to wait. */
  retryAfter?: number;
  /** Work on chunks that has been done all the same, by node. */
  worked?: { [node: string]: Worked };
  /** What a node took until its execution failed, by node: another execution counts none of it. */
  spent?: { [node: string]: Spent };
}

/**
 * How often a node tries again after a failure of each class, unless its `run.budget` says otherwise. Timeouts, lost
 * workers and deploys are no failures and never count.
 */
export const defaultBudget: { readonly [C in FailureClass]: number } = {
  invalid: 0,
  auth: 0,
  'rate-limited': 20,
  unavailable: 3,
  quality: 0,
  'out-of-memory': 0,
  diverged: 0,
  preempted: 100,
  'node-lost': 10,
  'job-failed': 1,
};
