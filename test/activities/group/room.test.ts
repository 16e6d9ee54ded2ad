import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRoom } from '../../../activities/group/room.ts';

const never = new AbortController().signal;

describe('room for the requests of chunks', () => {
  it('is never taken by more than it has, but by one chunk alone, and all have their turn in order', async () => {
    const work = fc.record({ requests: fc.integer({ min: 1, max: 30 }), steps: fc.nat(5) });
    const chunks = fc.array(work, { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), chunks, async (most, works) => {
        const take = createRoom(most);
        const inside = new Set<{ requests: number }>();
        const begun: object[] = [];
        const doWork = async (each: (typeof works)[number]): Promise<void> => {
          const leave = await take(each.requests, never);
          inside.add(each);
          begun.push(each);
          const taken = [...inside].reduce((sum, { requests }) => sum + requests, 0);
          expect(taken <= most || inside.size === 1).toBe(true);
          for (let step = 0; step < each.steps; step += 1) await Promise.resolve();
          inside.delete(each);
          leave();
        };
        await Promise.all(works.map(doWork));
        expect(begun).toEqual(works);
      }),
    );
  });

  it('lets the next ones in when one that waits is aborted', async () => {
    const take = createRoom(10);
    const leave = await take(8, never);
    const controller = new AbortController();
    const large = take(5, controller.signal);
    const small = take(2, never);
    controller.abort(new Error('cancelled'));
    await expect(large).rejects.toThrow('cancelled');
    (await small)();
    leave();
    (await take(20, never))();
  });
});
