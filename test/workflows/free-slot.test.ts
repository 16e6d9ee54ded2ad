import { expect, it, onTestFinished } from 'vitest';
import { queues } from '../../plan/index.ts';
import { pauseUpdate, progressQuery, unpauseUpdate } from '../../workflows/messages.ts';
import type { pipeline } from '../../workflows/index.ts';
import { engine, plan, result } from './rig.ts';

it('a step that waits for a free worker when its run is paused waits until the run goes on', async () => {
  const full = await engine({ slots: 1 });
  onTestFinished(() => full[Symbol.asyncDispose]());
  const [first, started] = [Promise.withResolvers<void>(), new Array<string>()];
  onTestFinished(() => first.resolve());
  full.on.runProcess = async ({ unit }) => {
    started.push(unit.id);
    await first.promise;
    return result({ out: unit.id });
  };
  const run = await full.client.workflow.start<typeof pipeline>('pipeline', {
    taskQueue: queues.main,
    workflowId: `pausing-full-${process.pid}`,
    args: [{ plan: plan({ one: ['train/rm'], two: ['train/rm'] }) }],
  });
  await expect.poll(() => started.length).toBe(1);
  await run.executeUpdate(pauseUpdate);
  const states = async () => (await run.query(progressQuery)).units.map(({ state }) => state).sort();
  await expect.poll(states).toEqual(['running', 'waiting']);
  first.resolve();
  await expect.poll(states).toEqual(['done', 'waiting']);
  expect(started).toHaveLength(1);
  await run.executeUpdate(unpauseUpdate);
  expect(await run.result()).toMatchObject({ nodes: { ran: 2 } });
});
