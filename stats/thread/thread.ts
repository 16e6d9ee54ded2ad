import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Evaluated, EvaluatorName, EvaluatorOptions, EvaluatorRow, FromThread, ToThread } from './evaluators.ts';

/** Rows that are handed over at once: copying a piece takes a few milliseconds. */
const piece = 2000;

/** The rows, as they come, and what the evaluator takes beside them. */
interface ThreadInput<K extends EvaluatorName> {
  rows: AsyncIterable<EvaluatorRow<K>> | Iterable<EvaluatorRow<K>>;
  options: EvaluatorOptions<K>;
}

/**
 * Does what the evaluator of this kind does, in a thread of its own, so that this one stays free for heartbeats. Rows are handed over in
 * pieces as they come, with turns of the event loop between, and only the thread keeps them. Throws what the evaluator or the rows throw.
 */
export async function evaluateInThread<K extends EvaluatorName>(kind: K, { rows, options }: ThreadInput<K>): Promise<Evaluated<K>> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  const result = new Promise<Evaluated<K>>((resolve, reject) => {
    worker.once('message', (message: FromThread) => {
      if ('metrics' in message) resolve(message.metrics as Evaluated<K>);
      else reject(new RangeError(message.refused));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread of ${kind} ended with code ${code} before it had a result`)));
  });
  const post = (message: ToThread): void => worker.postMessage(message);
  // A result that fails while rows are still handed over is thrown below.
  result.catch(() => undefined);
  try {
    let some: EvaluatorRow<K>[] = [];
    for await (const row of rows) {
      if (some.push(row) < piece) continue;
      post({ rows: some });
      some = [];
      await nextTurn();
    }
    post({ rows: some });
    post({ kind, options });
    return await result;
  } finally {
    await worker.terminate();
  }
}
