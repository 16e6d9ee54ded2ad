import { CancellationScope } from '@temporalio/workflow';
import { isOutOfCalls } from './failure.ts';

/**
 * Runs works in parallel. The first failure is thrown when all have ended. It cancels the others, unless the budget is spent: what they
 * have asked is paid for.
 */
export async function runAll(works: (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  const scope = new CancellationScope();
  const stop = (error: unknown) => {
    failures.push(error);
    if (!isOutOfCalls(error)) scope.cancel();
  };
  await scope.run(() => Promise.all(works.map((work) => work().catch(stop))));
  if (failures.length > 0) throw failures[0];
}
