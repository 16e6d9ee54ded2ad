import { describe, expect, it, onTestFinished } from 'vitest';
import { readUnitNote } from '../../../records/unit-note.ts';
import { startListener, withdraw } from '../../adapters/launchers/listeners.ts';
import { openStep } from './rig.ts';

/** A step whose process a worker that is gone has submitted; it waits for a node, and model servers have the pool meanwhile. */
async function openWaiting() {
  const argv: [string, ...string[]] = ['/bin/sh', '-c', 'exit 3'];
  const step = await openStep(argv, { agents: { fenceMs: 30_000 } });
  const { launcher, machine, ref, store } = step;
  onTestFinished(() => launcher.cancel(ref, { graceMs: 0 }));
  await machine.shared(new AbortController().signal);
  await launcher.submit({ ...ref, argv, env: {}, cwd: await launcher.folder(ref) });
  await expect.poll(() => launcher.poll(ref)).toMatchObject({ state: 'queued' });
  const addNode = (): void => {
    const listener = startListener(store.root, { node: 'n1', address: '127.0.0.2' });
    onTestFinished(() => withdraw(listener));
  };
  return { ...step, addNode };
}

describe.skipIf(process.platform !== 'linux')('a process that waits for a node and is adopted', () => {
  it('is followed at once, although model servers have the pool', async () => {
    const { fail, addNode, store, key } = await openWaiting();
    const failure = fail();
    const queued = expect.objectContaining({ holder: 'nodes needed: 1, there: none, says the scheduler' });
    await expect.poll(() => readUnitNote(store, key)).toMatchObject({ queued });
    addNode();
    expect(await failure).toMatchObject({ class: 'job-failed', message: expect.stringContaining('data ended with exit code 3') });
  });

  it('ends when its run is cancelled, and runs on no node that comes later', async () => {
    const { fail, launcher, ref } = await openWaiting();
    const cancel = new AbortController();
    const failure = fail(cancel.signal);
    cancel.abort(new Error('cancelled'));
    expect(await failure).toMatchObject({ message: 'cancelled' });
    expect(await launcher.poll(ref)).toMatchObject({ state: 'exited', failure: { cancelled: true } });
  });
});
