import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { supervise, type SuperviseOptions } from './supervise.ts';

/** Attempts to take the lock: several that start at once may all have seen each other and withdrawn. */
const tries = 8;

/** The detached supervisor. Its only argument is JSON: `SuperviseOptions` without the signal. */
async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '{}') as Omit<SuperviseOptions, 'signal' | 'onReady'>;
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  process.on('SIGINT', () => stop.abort());
  for (let attempt = 0; attempt < tries; attempt++) {
    const held = await supervise({ ...options, signal: stop.signal });
    if (held === null || stop.signal.aborted) return;
    await delay(randomInt(50, 400));
  }
}

await main();
process.exit(0);
