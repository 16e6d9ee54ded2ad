import { parentPort } from 'node:worker_threads';
import { evaluators } from './evaluators.ts';
import type { FromThread, ToThread } from './evaluators.ts';
import type { Metrics } from '../../plan/metrics.ts';

/** Gathers rows until a message says what to make of them. */
const rows: unknown[] = [];

parentPort?.on('message', (message: ToThread) => {
  if ('rows' in message) for (const row of message.rows) rows.push(row);
  else parentPort?.postMessage(answer(message));
});

/** Anything but refused rows is thrown and ends the thread. */
function answer({ kind, options }: Exclude<ToThread, { rows: unknown }>): FromThread {
  const evaluate = evaluators[kind] as (input: object) => Metrics;
  try {
    return { metrics: evaluate({ rows, ...options }) };
  } catch (error) {
    if (error instanceof RangeError) return { refused: error.message };
    throw error;
  }
}
