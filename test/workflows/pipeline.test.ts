import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { queues, unitsOf } from '../../plan/index.ts';
import type { PipelineSettings, Plan, UnitFound } from '../../plan/index.ts';
import { canonicalBytes, nodeParts } from '../../plan/keys.ts';
import { publishResult } from '../../records/results.ts';
import { progressQuery } from '../../workflows/messages.ts';
import type { pipeline } from '../../workflows/index.ts';
import { classified, withDetails } from '../../ports/failure.ts';
import { compiledOf, engine, nothingFound, plan, result, unitOf } from './rig.ts';
import type { Engine } from './rig.ts';

let rig: Engine;
let count = 0;
beforeAll(async () => {
  rig = await engine();
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  rig.started.length = 0;
  for (const name of Object.keys(rig.on)) delete rig.on[name as keyof typeof rig.on];
});

const start = (input: Plan, settings: PipelineSettings = {}) =>
  rig.client.workflow.start<typeof pipeline>('pipeline', {
    taskQueue: queues.main,
    workflowId: `run-${process.pid}-${++count}`,
    args: [{ plan: input }, settings],
  });

/** What a lookup found of a unit that was made right after it, at the cost of three calls. */
async function madeMeanwhile(digest: string, index: number): Promise<UnitFound> {
  const node = unitsOf(rig.plans.get(digest) as Plan)[index]?.nodes[0];
  if (!node) throw new Error(`the plan has no unit ${index}`);
  const outputs = { out: await rig.store.putBytes(canonicalBytes({ format: 1, type: 'corpus', rows: 0, shards: [], meta: {} })) };
  // Its content is its own, so that no other test finds what it reads.
  const content = { content: `content-${++count}` };
  await publishResult(rig.store, { node, parts: { ...nodeParts(node), ...content }, inputs: {}, outputs, calls: { e: 3 }, seconds: 1 });
  return { ...nothingFound(node.id, index), looked: { [node.id]: content } };
}

const failed = (message: string, type: string) => ApplicationFailure.nonRetryable(message, type);

describe('a pipeline', () => {
  it('starts a step only when everything it reads is there', async () => {
    const handle = await start(plan({ code: ['source/files'], train: ['train/rm', 'code'], eval: ['eval/accuracy', 'train'] }));
    expect(await handle.result()).toMatchObject({ status: 'succeeded', nodes: { total: 3, ran: 3, reused: 0 } });
    expect(rig.started).toEqual(['code', 'train', 'eval']);
  });

  it('gives a step as many days as its work takes, while its worker gives signs of life', async () => {
    await (await start(plan({ reading: ['source/github'] }))).result();
    const { events } = await rig.client.workflow.getHandle('store/key-of-reading').fetchHistory();
    const scheduled = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: activity }) => activity ?? []);
    const seconds = scheduled.filter(({ activityType }) => activityType?.name === 'step').map((activity) => ({
      work: Number(activity.startToCloseTimeout?.seconds),
      silence: Number(activity.heartbeatTimeout?.seconds),
    }));
    expect(seconds).toEqual([{ work: 60 * 24 * 3600, silence: 15 }]);
  });

  it('starts nothing that the store has already', async () => {
    rig.on.lookup = async ({ plan: digest, units }) =>
      units.map(({ index }) => {
        const id = unitOf(rig.plans, digest, index);
        return { ...nothingFound(id, index), results: id === 'code' ? { code: result({ out: 'old' }) } : {} };
      });
    const handle = await start(plan({ code: ['source/files'], train: ['train/rm', 'code'] }));
    expect(await handle.result()).toMatchObject({ nodes: { total: 2, ran: 1, reused: 1 } });
    expect(rig.started).toEqual(['train']);
  });

  it('streams a group chunk by chunk and adds up its calls', async () => {
    const nodes = plan({ code: ['source/files'], sum: ['summarize', 'code'], weak: ['respond', 'sum'], pairs: ['pair', 'sum', 'weak'] }, [
      ['sum', 'weak', 'pairs'],
    ]);
    const handle = await start(nodes);
    expect(await handle.result()).toMatchObject({ nodes: { ran: 4 }, calls: { e: 3 } });
    for (const chunk of [0, 1, 2]) {
      const order = ['sum', 'weak', 'pairs'].map((node) => rig.started.indexOf(`${node}/${chunk}`));
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  it('says what failed, in which class, after the budget of the class is spent', async () => {
    let tries = 0;
    rig.on.runProcess = async () => {
      tries++;
      throw failed('the loss is not a number', 'job-failed');
    };
    const handle = await start(plan({ code: ['source/files'], train: ['train/rm', 'code'] }));
    const error = await handle.result().catch((each: unknown) => each);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'PipelineFailed', message: 'the loss is not a number' });
    expect(tries).toBe(2);
    const progress = await handle.query(progressQuery);
    expect(progress).toMatchObject({ status: 'failed', units: [{ state: 'done' }, { state: 'failed', failure: { class: 'job-failed' } }] });
  });

  it('says what failed in a chunk of a group', async () => {
    rig.on.kinds = {
      summarize: async () => {
        throw Object.assign(new Error('the key is refused'), { class: 'auth' });
      },
    };
    const nodes = plan({ code: ['source/files'], sum: ['summarize', 'code'] }, [['sum']]);
    const error = await (await start(nodes)).result().catch((each: unknown) => each);
    expect((error as WorkflowFailedError).cause).toMatchObject({ message: 'the key is refused' });
  });

  it.each([
    ['sum: summarize runs in a group', plan({ code: ['source/files'], sum: ['summarize', 'code'] })],
    ['code: source/files does not run in a group', plan({ code: ['source/files'] }, [['code']])],
  ])('fails where a plan cannot be started: %s', async (message, input) => {
    const error = await (await start(input)).result().catch((each: unknown) => each);
    expect((error as WorkflowFailedError).cause).toMatchObject({ message });
  });

  it('fails where what it is started with is no mapping', async () => {
    const handle = await rig.client.workflow.start('pipeline', {
      taskQueue: queues.main,
      workflowId: `run-${process.pid}-${++count}`,
      args: ['codepmp: 1'],
    });
    const error = await handle.result().catch((each: unknown) => each);
    const message = 'the first input is no mapping; expected the YAML as bytes, or JSON such as {"spec": "codepmp: 1…"}';
    expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'PipelineInvalid', message });
  });

  it('never tries an invalid step again', async () => {
    let tries = 0;
    rig.on.kinds = {
      'source/files': async () => {
        tries++;
        throw failed('no such folder', 'invalid');
      },
    };
    await expect((await start(plan({ code: ['source/files'] }))).result()).rejects.toThrow(WorkflowFailedError);
    expect(tries).toBe(1);
  });

  it('tries passing trouble again and goes on', async () => {
    let tries = 0;
    rig.on.kinds = {
      'source/files': async () => {
        if (++tries < 3) throw failed('nobody answers', 'unavailable');
        return result({ out: 'late' });
      },
    };
    expect(await (await start(plan({ code: ['source/files'] }))).result()).toMatchObject({ status: 'succeeded' });
    expect(tries).toBe(3);
  });

  it('answers a query before the file is compiled', async () => {
    const opened = Promise.withResolvers<void>();
    rig.on.compilePipeline = async (_spec, { input }) => {
      await opened.promise;
      return compiledOf(rig, input.plan as Plan);
    };
    const handle = await start(plan({ code: ['source/files'] }));
    expect(await handle.query(progressQuery)).toMatchObject({ status: 'running', units: [] });
    opened.resolve();
    await handle.result();
  });

  it('cancels the nodes of a cancelled run', async () => {
    let cancelled = false;
    let begun = false;
    rig.on.runProcess = async () => {
      begun = true;
      const { Context } = await import('@temporalio/activity');
      await Context.current().cancelled.catch((error: unknown) => {
        cancelled = true;
        throw error;
      });
      return result({});
    };
    const handle = await start(plan({ train: ['train/rm'] }));
    await expect.poll(() => begun).toBe(true);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect(cancelled).toBe(true);
    expect((await handle.query(progressQuery)).status).toBe('cancelled');
  });

  it('lets two runs share a node that is running, for which the first pays', async () => {
    let tries = 0;
    const opened = Promise.withResolvers<void>();
    rig.on.lookup = async ({ units }) => units.map(({ index }) => ({ ...nothingFound('code', index), key: 'shared' }));
    rig.on.kinds = {
      'source/files': async () => {
        tries++;
        await opened.promise;
        return { ...result({ out: 'shared' }), calls: { e: 3 } };
      },
    };
    const [one, two] = [await start(plan({ code: ['source/files'] })), await start(plan({ code: ['source/files'] }))];
    const askers = () => rig.client.workflow.getHandle('store/shared').query<string[]>('askers').catch(() => []);
    await expect.poll(askers).toHaveLength(2);
    await expect.poll(() => tries).toBe(1);
    opened.resolve();
    const ends = await Promise.all([one.result(), two.result()]);
    expect(tries).toBe(1);
    expect(ends.toSorted((a, b) => b.nodes.ran - a.nodes.ran)).toMatchObject([
      { nodes: { total: 1, ran: 1, reused: 0 }, calls: { e: 3 } },
      { nodes: { total: 1, ran: 0, reused: 1 }, calls: {} },
    ]);
    const units = await Promise.all([one, two].map(async (each) => (await each.query(progressQuery)).units[0]));
    expect(units.map((unit) => unit?.state).toSorted()).toEqual(['done', 'reused']);
  });

  it('reuses what another run makes after the lookup, and pays nothing for it', async () => {
    rig.on.lookup = async ({ plan: digest }) => [await madeMeanwhile(digest, 0)];
    const handle = await start(plan({ code: ['source/files'] }));
    expect(await handle.result()).toMatchObject({ nodes: { total: 1, ran: 0, reused: 1 }, calls: {} });
    expect(rig.started).toEqual([]);
  });

  it('pays for what ends while its next execution looks it up', async () => {
    const opened = Promise.withResolvers<void>();
    onTestFinished(() => opened.resolve());
    rig.on.kinds = { 'dataset/arithmetic': () => opened.promise.then(() => result({ out: 'slow' })) };
    let looks = 0;
    rig.on.lookup = async ({ plan: digest, units }) =>
      Promise.all(
        units.map(async ({ index }) => {
          const id = unitOf(rig.plans, digest, index);
          return id === 'slow' && ++looks > 1 ? madeMeanwhile(digest, index) : nothingFound(id, index);
        }),
      );
    const handle = await start(plan({ quick: ['source/files'], slow: ['dataset/arithmetic'] }), { events: 1 });
    expect(await handle.result()).toMatchObject({ nodes: { total: 2, ran: 2, reused: 0 }, calls: { e: 3 } });
    expect(looks).toBe(2);
  });

  it('lets one pay for what another has begun and left', async () => {
    const opened = Promise.withResolvers<void>();
    rig.on.lookup = async ({ units }) => units.map(({ index }) => ({ ...nothingFound('code', index), key: 'left' }));
    rig.on.kinds = {
      'source/files': async () => {
        await opened.promise;
        return { ...result({ out: 'left' }), calls: { e: 3 } };
      },
    };
    const one = await start(plan({ code: ['source/files'] }));
    const askers = () => rig.client.workflow.getHandle('store/left').query<string[]>('askers').catch(() => []);
    await expect.poll(askers).toHaveLength(1);
    const two = await start(plan({ code: ['source/files'] }));
    await expect.poll(askers).toHaveLength(2);
    await one.cancel();
    await expect.poll(askers).toHaveLength(1);
    opened.resolve();
    expect(await two.result()).toMatchObject({ nodes: { ran: 1 }, calls: { e: 3 } });
  });

  it('charges one of two runs for what fails', async () => {
    const opened = Promise.withResolvers<void>();
    rig.on.lookup = async ({ units }) => units.map(({ index }) => ({ ...nothingFound('train', index), key: 'failing' }));
    rig.on.runProcess = async () => {
      await opened.promise;
      const spent = { train: { calls: {}, prompt_tokens: {}, completion_tokens: {}, training_steps: 20, seconds: 1800 } };
      throw withDetails(classified('diverged', 'the loss is not a number'), { spent });
    };
    const runs = [await start(plan({ train: ['train/rm'] })), await start(plan({ train: ['train/rm'] }))];
    const askers = () => rig.client.workflow.getHandle('store/failing').query<string[]>('askers').catch(() => []);
    await expect.poll(askers).toHaveLength(2);
    opened.resolve();
    await Promise.all(runs.map((run) => expect(run.result()).rejects.toThrow(WorkflowFailedError)));
    const steps = await Promise.all(runs.map(async (run) => (await run.query(progressQuery)).totals?.training_steps));
    expect(steps.toSorted()).toEqual([0, 20]);
  });
});
