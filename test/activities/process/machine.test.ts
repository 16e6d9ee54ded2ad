import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine } from '../../../activities/process/machine.ts';

const never = new AbortController().signal;

describe('the machine', () => {
  it('lets servers run together', async () => {
    const machine = createMachine();
    await Promise.all([machine.shared(never), machine.shared(never)]);
  });

  it('lets servers join a generation while a process waits, and gives the process the machine afterwards', async () => {
    const machine = createMachine({ pause: 1 });
    const order: string[] = [];
    const leave = await machine.shared(never);
    const process = machine.exclusive(never).then((done) => (order.push('process'), done));
    const leaveToo = await machine.shared(never);
    leave();
    await delay(10);
    expect(order).toEqual([]);
    leaveToo();
    await process;
    expect(order).toEqual(['process']);
  });

  it('holds new servers back from a process that has waited long enough', async () => {
    const machine = createMachine({ pause: 1, patience: 0 });
    const order: string[] = [];
    const leave = await machine.shared(never);
    const process = machine.exclusive(never).then((done) => (order.push('process'), done));
    const server = machine.shared(never).then((done) => (order.push('server'), done));
    leave();
    (await process)();
    await server;
    expect(order).toEqual(['process', 'server']);
  });

  it('gives no server the machine before the process is done', async () => {
    const machine = createMachine({ pause: 1 });
    const done = await machine.exclusive(never);
    let started = false;
    const server = machine.shared(never).then(() => (started = true));
    await delay(5);
    expect(started).toBe(false);
    done();
    await server;
  });

  it('forgets who gave up waiting', async () => {
    const machine = createMachine({ pause: 1, patience: 0 });
    const leave = await machine.shared(never);
    const giveUp = new AbortController();
    const process = machine.exclusive(giveUp.signal);
    const server = machine.shared(never);
    giveUp.abort(new Error('cancelled'));
    await expect(process).rejects.toThrow('cancelled');
    await server;
    leave();
  });

  it('never runs a process beside anything else, and lets everybody have a turn, whatever the order', async () => {
    const uses = fc.array(fc.record({ exclusive: fc.boolean(), wait: fc.nat(3) }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(uses, fc.constantFrom(0, 5, 1000), async (all, patience) => {
        const machine = createMachine({ pause: 1, patience });
        let servers = 0;
        let processes = 0;
        await Promise.all(
          all.map(async ({ exclusive, wait }) => {
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
