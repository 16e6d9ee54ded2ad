import { CancellationScope } from '@temporalio/workflow';

/** Does works side by side. The first failure stops the others, and is thrown when all of them have ended. */
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
