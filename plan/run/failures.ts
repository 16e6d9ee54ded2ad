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

/**
 * How often a node is retried after a failure of each class, unless its `run.budget` says otherwise. Timeouts, lost workers and deploys
 * are not failures and never count.
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

/** Error type of work that ends because the run may make no more model calls. It is not a failure: raising the budget continues it. */
export const callsSpent = 'calls-spent';

/**
 * Error type of work that met a file of the store that is missing or damaged. It is not a failure: what made the file runs again, and
 * then the work.
 */
export const dataLost = 'data-lost';

/** Every type that an error may have at the edge. */
export const errorTypes = [...failureClasses, callsSpent, dataLost] as const;

/** The outermost of an error and its causes that passes; null if none does. */
export function causeIn<E extends Error>(error: unknown, passes: (cause: Error) => cause is E): E | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (passes(cause)) return cause;
  return null;
}
