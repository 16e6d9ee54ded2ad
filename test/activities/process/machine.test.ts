import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMachine } from '../../../activities/process/machine.ts';
import type { Claim } from '../../../activities/process/machine.ts';
import type { MachineLock } from '../../../ports/machine.ts';

const never = new AbortController().signal;

/** A process of a job of its own, unless more is said. */
const claim = (change: Partial<Claim> = {}): Claim => ({ step: 'rm', job: randomUUID(), isSubmitted: false, ...change });

describe('the machine', () => {
  it('lets servers run together', async () => {
    const machine = createMachine();
    await Promise.all([machine.shared(never), machine.shared(never)]);
  });

  it('lets servers join a generation while a process waits, and gives the process the machine afterwards', async () => {
    const machine = createMachine({ pause: 1 });
    const order: string[] = [];
    const leave = await machine.shared(never);
    const process = machine.exclusive(never, claim()).then((done) => (order.push('process'), done));
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
    const process = machine.exclusive(never, claim()).then((done) => (order.push('process'), done));
    const server = machine.shared(never).then((done) => (order.push('server'), done));
    leave();
    (await process)();
    await server;
    expect(order).toEqual(['process', 'server']);
  });

  it('holds new servers back from a process that was submitted before', async () => {
    const machine = createMachine({ pause: 1 });
    const order: string[] = [];
    const leave = await machine.shared(never);
    const process = machine.exclusive(never, claim({ isSubmitted: true })).then((done) => (order.push('process'), done));
    const server = machine.shared(never).then((done) => (order.push('server'), done));
    leave();
    (await process)();
    await server;
    expect(order).toEqual(['process', 'server']);
  });

  it('gives no server the machine before the process is done', async () => {
    const machine = createMachine({ pause: 1 });
    const done = await machine.exclusive(never, claim());
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
    const process = machine.exclusive(giveUp.signal, claim());
    const server = machine.shared(never);
    giveUp.abort(new Error('cancelled'));
    await expect(process).rejects.toThrow('cancelled');
    await server;
    leave();
  });

  it('lets a process that gathers others wait for them, counted from when it came', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const machine = createMachine({ pause: 500 });
    const order: string[] = [];
    const ask = (name: string) => machine.exclusive(never, claim({ gathers: true })).then((leave) => (order.push(name), leave));
    const first = ask('first');
    await vi.advanceTimersByTimeAsync(499);
    expect(order).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(order).toEqual(['first']);
    void ask('second');
    await vi.advanceTimersByTimeAsync(500);
    (await first)();
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toEqual(['first', 'second']);
  });

  it('starts the next process at once, without the pause that follows servers', async () => {
    const machine = createMachine({ pause: 60_000 });
    const leave = await machine.exclusive(never, claim());
    const next = machine.exclusive(never, claim());
    leave();
    (await next)();
  });

  it('says what holds it', async () => {
    const machine = createMachine({ pause: 1 });
    expect(machine.holder()).toBeNull();
    const serve = await machine.shared(never);
    expect(machine.holder()).toBe('model servers run');
    serve();
    const leave = await machine.exclusive(never, claim({ step: 'accuracy' }));
    expect(machine.holder()).toBe('accuracy runs');
    leave();
  });

  it('lets a process that runs already go before all that wait for its end', async () => {
    const holder = 'process 7 of job old still runs';
    const lock: MachineLock = { take: async (job) => (job === 'old' ? { release: () => {} } : { holder }) };
    const machine = createMachine({ lock, pause: 1 });
    const cancelled = new AbortController();
    const order: string[] = [];
    const waiting = [machine.exclusive(cancelled.signal, claim()), machine.shared(cancelled.signal)].map((each) =>
      each.then(
        () => order.push('started'),
        () => {},
      ),
    );
    await expect.poll(() => machine.holder()).toBe(holder);
    (await machine.exclusive(never, claim({ job: 'old', isSubmitted: true })))();
    cancelled.abort(new Error('cancelled'));
    await Promise.all(waiting);
    expect(order).toEqual([]);
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
            const leave = await (exclusive ? machine.exclusive(never, claim()) : machine.shared(never));
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
