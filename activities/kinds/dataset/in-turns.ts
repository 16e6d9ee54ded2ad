import { setImmediate } from 'node:timers/promises';

/** Items between two rests. */
const turn = 1000;

/** Items one by one, with rests in which the worker does its other work: it has to say that it is alive, for example. */
export async function* inTurns<T>(items: Iterable<T>): AsyncGenerator<T> {
  let done = 0;
  for (const item of items) {
    yield item;
    if (++done % turn === 0) await setImmediate();
  }
}
