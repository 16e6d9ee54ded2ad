import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stopOrphans } from '../../activities/index.ts';
import { queues } from '../../plan/index.ts';
import type { pipeline } from '../../workflows/index.ts';
import { engine, plan, result } from './rig.ts';
import type { Engine } from './rig.ts';

let rig: Engine;
let count = 0;
/** What the training is doing, and a way to let it finish. */
let work: { began: number; stopped: number; finish: () => void };

beforeAll(async () => {
  rig = await engine();
}, 60_000);
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const own = { began: 0, stopped: 0, finish: resolve };
  work = own;
  rig.on.runProcess = async ({ unit }) => {
    own.began += 1;
    await Promise.race([promise, Context.current().cancelled]).catch((error: unknown) => {
      own.stopped += 1;
      throw error;
    });
    return { ...result({ out: `digest-of-${unit.id}` }), training_steps: 5 };
  };
});

/** Starts a run of a pipeline with a training; with the same name, runs share the training. */
function startRun(training: string): Promise<WorkflowHandle<typeof pipeline>> {
  const nodes = plan({ code: ['source/files'], [training]: ['train/rm', 'code'] });
  return rig.client.workflow.start<typeof pipeline>('pipeline', {
    taskQueue: queues.main,
    workflowId: `asking-${process.pid}-${++count}`,
    args: [{ plan: nodes }],
  });
}

const long = { timeout: 60_000 };

const stops = () => expect.poll(() => work.stopped, { timeout: 15_000 }).toBe(1);

describe('a step that runs', () => {
  it('stops within 15 seconds when the only run that wants it is terminated', long, async () => {
    const run = await startRun('alone');
    await expect.poll(() => work.began, { timeout: 20_000 }).toBe(1);
    await run.terminate();
    await stops();
  });

  const ends = ['cancel', 'terminate'] as const;
  it.each(ends)('continues for a second run after a %s of the first, and stops with the last', long, async (end) => {
    const first = await startRun(`shared-${end}`);
    const second = await startRun(`shared-${end}`);
    await expect.poll(() => messagesTo(`shared-${end}`), { timeout: 20_000 }).toEqual({ asked: 2, left: 0 });
    await first[end]();
    await expect.poll(() => messagesTo(`shared-${end}`), { timeout: 15_000 }).toEqual({ asked: 2, left: 1 });
    expect(work).toMatchObject({ began: 1, stopped: 0 });
    await second.cancel();
    await stops();
  });

  it('ends for the second run with the result that the first would have had', long, async () => {
    const first = await startRun('finished');
    const second = await startRun('finished');
    await expect.poll(() => messagesTo('finished'), { timeout: 20_000 }).toEqual({ asked: 2, left: 0 });
    await first.cancel();
    await expect(first.result()).rejects.toThrow();
    work.finish();
    expect(await second.result()).toMatchObject({ status: 'succeeded', training_steps: 5 });
    expect(work).toMatchObject({ began: 1, stopped: 0 });
  });
});

it('a step of a run that was terminated while no worker ran is found and stopped', long, async () => {
  const wanted = await startRun('wanted');
  await expect.poll(() => work.began, { timeout: 20_000 }).toBe(1);
  const { args } = await startedWith('store/key-of-wanted');
  const orphan = await rig.client.workflow.signalWithStart('job', {
    taskQueue: queues.main,
    workflowId: 'store/orphan',
    args,
    signal: 'ask',
    signalArgs: [{ run: 'a run that is gone', at: 1 }],
  });
  const stopped: string[] = [];
  await expect
    .poll(async () => stopped.push(...(await stopOrphans(rig.client, 'store'))) && stopped, { timeout: 15_000, interval: 500 })
    .toEqual(['store/orphan']);
  await expect(orphan.result()).rejects.toThrow();
  expect(await stopOrphans(rig.client, 'another-store')).toEqual([]);
  work.finish();
  expect(await wanted.result()).toMatchObject({ status: 'succeeded' });
});

/** The arguments that a workflow was started with. */
async function startedWith(workflowId: string): Promise<{ args: unknown[] }> {
  const { events } = await rig.client.workflow.getHandle(workflowId).fetchHistory();
  const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return { args: payloads.map((payload) => JSON.parse(new TextDecoder().decode(payload.data ?? new Uint8Array()))) };
}

/** How many runs have asked for a training, and how many have left it. */
async function messagesTo(training: string): Promise<{ asked: number; left: number }> {
  const { events } = await rig.client.workflow.getHandle(`store/key-of-${training}`).fetchHistory();
  const asked = (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
  return { asked, left: (events ?? []).filter((event) => event.workflowExecutionUpdateCompletedEventAttributes).length };
}
