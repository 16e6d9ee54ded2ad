import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { queues, type PipelineSettings } from '../../plan/index.ts';
import { pauseUpdate, progressQuery, unpauseUpdate } from '../../workflows/messages.ts';
import type { pipeline } from '../../workflows/index.ts';
import { engine, plan, result, type Engine } from './rig.ts';

/** Chunks of a generation: those of two shards, each of which has eight in progress at once. */
const [chunks, shards, atOnce] = [1000, 2, 16];

let rig: Engine;
let count = 0;
/** Chunks of each generation that have begun, and what lets them end. */
let begun: Map<string, number>;
let gate: PromiseWithResolvers<void>;

beforeAll(async () => {
  rig = await engine();
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  const chunksOf = new Map<string, number>();
  begun = chunksOf;
  gate = Promise.withResolvers<void>();
  onTestFinished(() => gate.resolve());
  const { promise } = gate;
  delete rig.on.runProcess;
  rig.on.openGroup = async () => ({ table: 'table', chunks, items: 1 });
  rig.on.kinds = {
    clip: async ({ node, chunk }) => {
      chunksOf.set(node, (chunksOf.get(node) ?? 0) + 1);
      await promise;
      return { shard: `${node}/${chunk}`, calls: {}, prompt_tokens: {}, completion_tokens: {} };
    },
  };
});

/** Starts a run that makes texts, clips them and trains; with the same name, runs share the clipping. */
function startRun(clipping: string, settings: PipelineSettings = {}) {
  return rig.client.workflow.start<typeof pipeline>('pipeline', {
    taskQueue: queues.main,
    workflowId: `pausing-${process.pid}-${++count}`,
    args: [{ plan: plan({ code: ['source/files'], [clipping]: ['clip', 'code'], other: ['train/rm', 'code'] }, [[clipping]]) }, settings],
  });
}

type Run = Awaited<ReturnType<typeof startRun>>;

const isRunning = (run: Run, step: string) =>
  expect.poll(async () => (await run.query(progressQuery)).units.find(({ id }) => id === step)?.state).toBe('running');

/** Resolves when as many chunks are in progress as may be at once. */
const isInProgress = (step: string) => expect.poll(() => begun.get(step)).toBe(atOnce);

/** Resolves when all shards of a generation have been told that it is paused. */
const isPaused = (step: string) =>
  expect
    .poll(async () => {
      const { events } = await rig.client.workflow.getHandle(`store/key-of-${step}`).fetchHistory();
      return events?.filter((event) => event.externalWorkflowExecutionSignaledEventAttributes).length;
    })
    .toBe(shards);

/** How many chunks have begun once no more do. */
async function settled(step: string): Promise<number> {
  for (let before = -1; ; await delay(1500)) {
    const now = begun.get(step) ?? 0;
    if (now === before) return now;
    before = now;
  }
}

describe('a generation whose run is paused', () => {
  it('ends the chunks in progress, starts no more, and goes on where it was', async () => {
    const run = await startRun('alone');
    await isInProgress('alone');
    await run.executeUpdate(pauseUpdate);
    await isPaused('alone');
    gate.resolve();
    expect(await settled('alone')).toBe(atOnce);
    expect(await run.query(progressQuery)).toMatchObject({ status: 'running', paused: true });
    await run.executeUpdate(unpauseUpdate);
    expect(await run.result()).toMatchObject({ nodes: { ran: 3 } });
    expect(begun.get('alone')).toBe(chunks);
  });

  it('continues for another run until that is paused as well', async () => {
    const [first, second] = [await startRun('shared'), await startRun('shared')];
    await isRunning(first, 'shared');
    await isRunning(second, 'shared');
    await first.executeUpdate(pauseUpdate);
    await isInProgress('shared');
    await second.executeUpdate(pauseUpdate);
    await isPaused('shared');
    gate.resolve();
    expect(await settled('shared')).toBe(atOnce);
    await second.executeUpdate(unpauseUpdate);
    expect(await second.result()).toMatchObject({ status: 'succeeded' });
    expect(begun.get('shared')).toBe(chunks);
    expect(await first.result()).toMatchObject({ status: 'succeeded' });
  });

  it('goes on with a new execution of its run', async () => {
    const other = Promise.withResolvers<void>();
    rig.on.runProcess = async ({ unit }) => {
      await other.promise;
      return result({ out: unit.id });
    };
    const run = await startRun('long', { events: 1 });
    await isRunning(run, 'long');
    await isRunning(run, 'other');
    await isInProgress('long');
    await run.executeUpdate(pauseUpdate);
    await isPaused('long');
    const { runId } = await run.describe();
    other.resolve();
    await expect.poll(async () => (await run.describe()).runId).not.toBe(runId);
    gate.resolve();
    expect(await settled('long')).toBe(atOnce);
    await run.executeUpdate(unpauseUpdate);
    expect(await run.result()).toMatchObject({ status: 'succeeded' });
    expect(begun.get('long')).toBe(chunks);
  });
});
