import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine } from '../../activities/machine.ts';

const never = new AbortController().signal;

describe('the machine', () => {
  it('lets servers run together', async () => {
    const machine = createMachine();
    await Promise.all([machine.shared(never), machine.shared(never)]);
  });

  it('gives a process the machine only when no server runs, and no server the machine before the process is done', async () => {
    const machine = createMachine();
    const order: string[] = [];
    const leave = await machine.shared(never);
    const process = machine.exclusive(never).then((done) => (order.push('process'), done));
    const server = machine.shared(never).then((done) => (order.push('server'), done));
    await delay(5);
    expect(order).toEqual([]);
    leave();
    const done = await process;
    await delay(5);
    expect(order).toEqual(['process']);
    done();
    await server;
    expect(order).toEqual(['process', 'server']);
  });

  it('forgets who gave up waiting', async () => {
    const machine = createMachine();
    const leave = await machine.shared(never);
    const giveUp = new AbortController();
    const process = machine.exclusive(giveUp.signal);
    const server = machine.shared(never);
    giveUp.abort(new Error('cancelled'));
    await expect(process).rejects.toThrow('cancelled');
    await server;
    leave();
  });

  it('never runs a process beside anything else, whatever the order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ exclusive: fc.boolean(), wait: fc.nat(3) }), { maxLength: 20 }), async (uses) => {
        const machine = createMachine();
        let servers = 0;
        let processes = 0;
        await Promise.all(
          uses.map(async ({ exclusive, wait }) => {
            const leave = await (exclusive ? machine.exclusive(never) : machine.shared(never));
            if (exclusive) processes++;
            else servers++;
            expect(processes === 0 || (processes === 1 && servers === 0)).toBe(true);
            await delay(wait);
            if (exclusive) processes--;
            else servers--;
            leave();
          }),
        );
      }),
      { numRuns: 30 },
    );
  });
});
