import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Evaluated, EvaluatorName, EvaluatorInput, FromThread, ToThread } from './evaluators.ts';

/** Rows that are handed over at once: copying a piece takes a few milliseconds. */
const piece = 2000;

/**
 * Does what the evaluator of this kind does, in a thread of its own, so that this one stays free for heartbeats. Rows are handed
 * over in pieces, with turns of the event loop between. Throws what the evaluator throws.
 */
export async function evaluateInThread<K extends EvaluatorName>(kind: K, input: EvaluatorInput<K>): Promise<Evaluated<K>> {
  const { rows, ...options } = input;
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
  for (let from = 0; from < rows.length; from += piece) {
    post({ rows: rows.slice(from, from + piece) });
    await nextTurn();
  }
  post({ kind, options });
  return result.finally(() => worker.terminate());
}
