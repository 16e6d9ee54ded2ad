import { CancellationScope } from '@temporalio/workflow';

/** Runs works in parallel. The first failure cancels the others, and is thrown when all have ended. */
export async function runAll(works: (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  const scope = new CancellationScope();
  const stop = (error: unknown) => {
    failures.push(error);
    scope.cancel();
  };
  await scope.run(() => Promise.all(works.map((work) => work().catch(stop))));
  if (failures.length > 0) throw failures[0];
}
