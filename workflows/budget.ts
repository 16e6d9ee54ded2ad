import { ActivityFailure, ApplicationFailure, log, sleep } from '@temporalio/workflow';
import { defaultBudget, failureClasses, type FailureClass, type WorkNode } from '../plan/index.ts';
import { failureDetails } from './failure.ts';

/**
 * Runs work until it succeeds or has used up the node's budget for a class of failure. Each class is counted separately; when its
 * budget is used up, the failure is thrown to the caller, which ends the node.
 */
export async function withBudget<T>({ id, run }: Pick<WorkNode, 'id' | 'run'>, work: (attempt: number) => Promise<T>): Promise<T> {
  const failures = new Map<FailureClass, number>();
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      const failure = realFailure(error);
      if (!failure) throw error;
      const count = (failures.get(failure.class) ?? 0) + 1;
      failures.set(failure.class, count);
      if (count > (run.budget[failure.class] ?? defaultBudget[failure.class])) throw failure.cause;
      log.warn('trying again', { node: id, class: failure.class, count, message: failure.cause.message });
      await sleep(failure.retryAfter ?? Math.min(2 ** count, 60) * 1000);
    }
  }
}

interface RealFailure {
  class: FailureClass;
  cause: ApplicationFailure;
  /** Milliseconds the other side asked us to wait. */
  retryAfter: number | undefined;
}

function realFailure(error: unknown): RealFailure | null {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) return null;
  const name = failureClasses.find((each) => each === (error.cause as ApplicationFailure).type);
  if (!name) return null;
  return { class: name, cause: error.cause, retryAfter: failureDetails(error).retryAfter };
}
