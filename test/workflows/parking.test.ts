import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { classified, withDetails } from '../../ports/failure.ts';
import { queues } from '../../plan/index.ts';
import type { Decision, NodeResult, PipelineSettings, Plan, UnitInput } from '../../plan/index.ts';
import { decideUpdate, pauseUpdate, progressQuery, unpauseUpdate } from '../../workflows/messages.ts';
import type { pipeline } from '../../workflows/index.ts';
import { engine, nothingFound, plan, result, unitOf } from './rig.ts';
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

const start = (input: Plan, settings: PipelineSettings = { on_failure: 'park' }) =>
  rig.client.workflow.start<typeof pipeline>('pipeline', {
    taskQueue: queues.main,
    workflowId: `park-${process.pid}-${++count}`,
    args: [{ plan: input }, settings],
  });
type Handle = Awaited<ReturnType<typeof start>>;

const statusOf = async (handle: Handle) => (await handle.query(progressQuery)).status;
const statesOf = async (handle: Handle) =>
  Object.fromEntries((await handle.query(progressQuery)).units.map(({ id, state }) => [id, state]));
const decide = (handle: Handle, decision: Decision) => handle.executeUpdate(decideUpdate, { args: [decision] });
const reasonOf = (error: unknown) => (error instanceof WorkflowUpdateFailedError ? error.cause?.message : String(error));

/** `bad` fails until it is mended. */
function failing(id: string): { mend: () => void; pools: string[] } {
  let isMended = false;
  const pools: string[] = [];
  rig.on.runProcess = async ({ unit }): Promise<NodeResult> => {
    rig.started.push(unit.id);
    if (unit.id === id) pools.push(unit.nodes[0]?.run.pool ?? '');
    if (unit.id === id && !isMended) throw ApplicationFailure.nonRetryable('the loss is not a number', 'diverged');
    return result({ out: unit.id });
  };
  return { mend: () => void (isMended = true), pools };
}

/** Two trainings, each measured, and a report over both. */
const two = () =>
  plan({
    code: ['source/files'],
    good: ['train/rm', 'code'],
    bad: ['train/rm', 'code'],
    'good-eval': ['eval/accuracy', 'good'],
    'bad-eval': ['eval/accuracy', 'bad'],
    report: ['report', 'good-eval', 'bad-eval'],
  });

describe('a run that parks', () => {
  it('goes on with everything else and waits', async () => {
    failing('bad');
    const handle = await start(two());
    await expect.poll(() => statusOf(handle)).toBe('parked');
    expect(await statesOf(handle)).toEqual({
      code: 'done',
      good: 'done',
      bad: 'parked',
      'good-eval': 'done',
      'bad-eval': 'waiting',
      report: 'waiting',
    });
    expect((await handle.query(progressQuery)).units.find(({ id }) => id === 'bad')?.failure).toEqual({
      class: 'diverged',
      message: 'the loss is not a number',
    });
    await handle.terminate();
  });

  it('takes a parked node up again, with other settings of run where they are given', async () => {
    const { mend, pools } = failing('bad');
    const handle = await start(two());
    await expect.poll(() => statusOf(handle)).toBe('parked');
    mend();
    expect(await decide(handle, { node: 'bad', decision: 'retry', run: { pool: 'local', chunk: 7 } })).toEqual({ decided: ['bad'] });
    expect(await handle.result()).toMatchObject({ status: 'succeeded', nodes: { total: 6, ran: 6 } });
    expect(rig.started.filter((id) => id === 'good')).toHaveLength(1);
    expect(pools).toEqual(['local', 'local']);
  });

  it('takes a pool that was declared after the run began, and counts by what it holds', async () => {
    const { mend, pools } = failing('bad');
    const fake = rig.on.runProcess;
    rig.on.runProcess = async (input) => ({
      ...((await fake?.(input)) as NodeResult),
      seconds: input.unit.nodes[0]?.run.pool === 'later' ? 3600 : 0,
    });
    const handle = await start(two());
    await expect.poll(() => statusOf(handle)).toBe('parked');
    mend();
    await decide(handle, { node: 'bad', decision: 'retry', run: { pool: 'later' }, pool: { gpus: 4, price: 2 } });
    await handle.result();
    expect(pools).toEqual(['local', 'later']);
    expect((await handle.query(progressQuery)).totals).toMatchObject({ gpu_hours: 4, money: 8 });
  });

  it('leaves a node out with what needs it, and tells the report why', async () => {
    failing('bad');
    let missing: UnitInput['missing'] = {};
    rig.on.kinds = {
      report: async ({ unit }) => {
        missing = unit.missing;
        expect(unit.nodes[0]?.inputs['in']?.map(({ node }) => node)).toEqual(['good-eval']);
        return result({ out: 'report' });
      },
    };
    const handle = await start(two());
    await expect.poll(() => statusOf(handle)).toBe('parked');
    await decide(handle, { node: 'bad', decision: 'skip' });
    expect(await handle.result()).toMatchObject({ status: 'succeeded', nodes: { total: 6, ran: 4 } });
    expect(await statesOf(handle)).toMatchObject({ bad: 'skipped', 'bad-eval': 'skipped', report: 'done' });
    expect(missing).toEqual({ 'bad-eval': { title: 'bad-eval', why: 'needs bad, which was skipped' } });
  });

  it('goes on with the other members of a group where one is left out, and with what reads them', async () => {
    const answer = async ({ node, chunk }: { node: string; chunk: number }) => {
      rig.started.push(`${node}/${chunk}`);
      if (node === 'weak') throw ApplicationFailure.nonRetryable('the key is refused', 'auth');
      return { shard: `${node}/${chunk}`, calls: {}, prompt_tokens: {}, completion_tokens: {} };
    };
    rig.on.kinds = { respond: answer };
    const arms = plan(
      {
        code: ['source/files'],
        prompts: ['summarize', 'code'],
        strong: ['respond', 'prompts'],
        weak: ['respond', 'prompts'],
        good: ['pair', 'strong'],
        bad: ['pair', 'weak'],
        'of-good': ['train/pmp', 'good'],
        'of-bad': ['train/pmp', 'bad'],
      },
      [['prompts', 'strong', 'weak', 'good', 'bad']],
    );
    const handle = await start(arms);
    await expect.poll(() => statusOf(handle)).toBe('parked');
    const parked = (await handle.query(progressQuery)).units.find(({ state }) => state === 'parked');
    expect(parked?.failure).toEqual({ class: 'auth', message: 'the key is refused', node: 'weak' });
    expect(await decide(handle, { node: '*', decision: 'skip' })).toEqual({ decided: ['weak'] });
    expect(await handle.result()).toMatchObject({ status: 'succeeded', nodes: { total: 8, ran: 5 } });
    expect(await statesOf(handle)).toEqual({ code: 'done', [parked?.id ?? '']: 'done', 'of-good': 'done', 'of-bad': 'skipped' });
    const { units } = await handle.query(progressQuery);
    expect(
      units.flatMap(({ nodes, why }) => nodes.map((node) => [node.id, node.why ?? why])).filter(([, why]) => why !== undefined),
    ).toEqual([
      ['weak', 'skipped after the key is refused'],
      ['bad', 'needs weak, which was skipped'],
      ['of-bad', 'needs bad, which was skipped'],
    ]);
  });

  it('leaves out a report of which nothing remains', async () => {
    failing('bad');
    const handle = await start(plan({ bad: ['train/rm'], eval: ['eval/accuracy', 'bad'], report: ['report', 'eval'] }));
    await expect.poll(() => statusOf(handle)).toBe('parked');
    await decide(handle, { node: 'bad', decision: 'skip' });
    expect(await handle.result()).toMatchObject({ status: 'succeeded', nodes: { ran: 0 }, report: null });
  });

  it('fails with what the node failed with when that is decided', async () => {
    failing('bad');
    const handle = await start(two());
    await expect.poll(() => statusOf(handle)).toBe('parked');
    await decide(handle, { node: 'bad', decision: 'fail' });
    const error = await handle.result().catch((each: unknown) => each);
    expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'PipelineFailed', message: 'the loss is not a number' });
  });

  it('refuses a decision that nothing waits for, in a sentence', async () => {
    failing('bad');
    const handle = await start(two());
    await expect.poll(() => statusOf(handle)).toBe('parked');
    expect(reasonOf(await decide(handle, { node: 'good', decision: 'retry' }).catch((each: unknown) => each))).toBe(
      'good is not parked. Parked are: bad',
    );
    expect(reasonOf(await decide(handle, { node: 'worse', decision: 'retry' }).catch((each: unknown) => each))).toContain(
      'there is no step worse in this run',
    );
    const refused = async (decision: object) =>
      reasonOf(await decide(handle, { node: 'bad', decision: 'retry', ...decision }).catch((each: unknown) => each));
    expect(await refused({ run: { pool: 'nowhere' } })).toBe('there is no pool nowhere. Declared are: local');
    expect(await refused({ run: { chunk: 0 } })).toBe('chunk: expected a number, got 0');
    expect(await refused({ node: '*', budget: { calls: 'many' } })).toBe('calls: expected a number, got many');
    expect(await refused({ decision: 'again' })).toContain('"retry", "skip" or "fail"');
    expect(await statusOf(handle)).toBe('parked');
    await handle.terminate();
  });

  it('can be cancelled', async () => {
    failing('bad');
    const handle = await start(two());
    await expect.poll(() => statusOf(handle)).toBe('parked');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect(await statusOf(handle)).toBe('cancelled');
    expect(await statesOf(handle)).toMatchObject({ bad: 'failed', 'bad-eval': 'waiting' });
  });

  it('fails at once where nobody is to be asked', async () => {
    failing('bad');
    const handle = await start(two(), {});
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect(await statesOf(handle)).toMatchObject({ bad: 'failed', report: 'waiting' });
  });
});

describe('a budget', () => {
  const capped = () => ({
    ...plan({ code: ['source/files'], one: ['train/rm', 'code'], two: ['train/rm', 'one'] }),
    budget: { calls: 3, gpu_hours: null, money: null },
  });
  const spending = () => {
    rig.on.runProcess = async ({ unit }) => ({ ...result({ out: unit.id }), calls: { e: 3 } });
  };

  it('parks the run when it is reached, and goes on when it is raised', async () => {
    spending();
    const handle = await start(capped());
    await expect.poll(() => statusOf(handle)).toBe('parked');
    expect(await handle.query(progressQuery)).toMatchObject({ capped: 'calls: 3 of 3', totals: { calls: { e: 3 } } });
    await decide(handle, { node: '*', decision: 'retry', budget: { calls: 100 } });
    expect(await handle.result()).toMatchObject({ calls: { e: 6 } });
  });

  it('ends the calls of groups at exactly its cap, keeps what they have paid for, and asks only for the rest once it is raised', async () => {
    const { asked } = answering({ items: 5, most: 15 });
    const groups = { code: ['source/files'], one: ['summarize', 'code'], two: ['summarize', 'code'] } as const;
    const input = plan({ code: [...groups.code], one: [...groups.one], two: [...groups.two] }, [['one'], ['two']]);
    const handle = await start({ ...input, budget: { calls: 22, gpu_hours: null, money: null } });
    await expect.poll(() => statusOf(handle)).toBe('parked');
    expect(await handle.query(progressQuery)).toMatchObject({ capped: 'calls: 22 of 22', totals: { calls: { e: 22 } } });
    expect(asked()).toBe(22);
    await decide(handle, { node: '*', decision: 'retry', budget: { calls: 100 } });
    expect(await handle.result()).toMatchObject({ status: 'succeeded', calls: { e: 30 } });
    expect(asked()).toBe(30);
  });

  it('ends the calls of groups when they have cost as much as its cap, by the call, and asks only for the rest once it is raised', async () => {
    const { asked } = answering({ items: 5, most: 15, money: 16.5 });
    const groups = plan({ code: ['source/files'], one: ['summarize', 'code'], two: ['summarize', 'code'] }, [['one'], ['two']]);
    for (const { models } of groups.nodes) if (models['model']) models['model'].sampling.max_tokens = 100_000;
    const handle = await start({ ...groups, budget: { calls: null, gpu_hours: null, money: 21.5 } });
    await expect.poll(() => statusOf(handle)).toBe('parked');
    expect(await handle.query(progressQuery)).toMatchObject({ capped: 'money: 22.00 of 21.5', totals: { calls: { e: 22 } } });
    expect(asked()).toBe(22);
    await decide(handle, { node: '*', decision: 'retry', budget: { money: 100 } });
    expect(await handle.result()).toMatchObject({ status: 'succeeded', calls: { e: 30 } });
  });

  it('is found to be reached by a unit that is looked up again while the last unit with calls ends', async () => {
    const { asked } = answering({ items: 5, most: 15 });
    const { lookup, kinds } = rig.on;
    const isSpent = Promise.withResolvers<void>();
    let seen = 0;
    const run = (id: string): Handle => rig.client.workflow.getHandle<typeof pipeline>(id) as Handle;
    rig.on.lookup = async (input) => {
      const isAgain = input.units.length === 1 && ++seen === 2;
      if (isAgain) isSpent.resolve();
      if (isAgain) await expect.poll(() => statesOf(run(input.run))).toMatchObject({ one: 'done' });
      return (await lookup?.(input)) ?? [];
    };
    rig.on.kinds = {
      summarize: async (input) => {
        if (input.node === 'one') await isSpent.promise;
        return kinds?.['summarize']?.(input);
      },
    };
    const handle = await start({
      ...plan({ code: ['source/files'], one: ['summarize', 'code'], two: ['summarize', 'code'] }, [['one'], ['two']]),
      budget: { calls: 22, gpu_hours: null, money: null },
    });
    await expect.poll(() => statusOf(handle)).toBe('parked');
    expect(await handle.query(progressQuery)).toMatchObject({ capped: 'calls: 22 of 22' });
    expect(asked()).toBe(22);
    await decide(handle, { node: '*', decision: 'retry', budget: { calls: 100 } });
    expect(await handle.result()).toMatchObject({ calls: { e: 30 } });
  });

  it('has what was reserved for a group that ended while the run went on as a new execution', async () => {
    const [quick, first] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    onTestFinished(() => first.resolve());
    let isLookedUpAgain = false;
    rig.on.runProcess = async ({ unit }) => {
      await quick.promise;
      return result({ out: unit.id });
    };
    rig.on.openGroup = async ({ unit }) => {
      if (unit.id === 'one') quick.resolve();
      if (unit.id === 'one') await first.promise;
      return { table: 'table', chunks: 1, items: 1 };
    };
    rig.on.lookup = async ({ plan: digest, units, run }) =>
      units.map(({ index }) => {
        const id = unitOf(rig.plans, digest, index);
        const isThere = id === 'one' && isLookedUpAgain;
        if (id === 'one') isLookedUpAgain = true;
        const results = isThere ? { one: { ...result({ out: 'one' }), calls: { e: 12 } } } : {};
        return { ...nothingFound(`${run}-${id}`, index), results, ...((id === 'one' || id === 'two') && { calls: 15 }) };
      });
    const steps = plan(
      { code: ['source/files'], quick: ['train/rm', 'code'], one: ['clip', 'code'], two: ['clip', 'one', 'quick'] },
      [['one'], ['two']],
    );
    const handle = await start({ ...steps, budget: { calls: 20, gpu_hours: null, money: null } }, { on_failure: 'park', events: 1 });
    await expect.poll(() => statusOf(handle)).toBe('succeeded');
    expect(await handle.result()).toMatchObject({ calls: { e: 12 } });
  });

  it('refuses a decision that leaves it reached', async () => {
    spending();
    const handle = await start(capped());
    await expect.poll(() => statusOf(handle)).toBe('parked');
    const refused = async (decision: object) =>
      reasonOf(await decide(handle, { node: '*', decision: 'retry', ...decision }).catch((each: unknown) => each));
    const sentence = 'its budget is reached (calls: 3 of 3), and nothing can continue until this cap is raised';
    expect(await refused({})).toBe(sentence);
    expect(await refused({ decision: 'skip' })).toBe(sentence);
    expect(await refused({ budget: { money: 100 } })).toBe(sentence);
    expect(await refused({ budget: { calls: 2 } })).toBe(
      'its budget is reached (calls: 3 of 2), and nothing can continue until this cap is raised',
    );
    await decide(handle, { node: '*', decision: 'fail' });
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  });

  it('counts money by the prices of tokens and of GPU-hours', async () => {
    rig.on.runProcess = async ({ unit }) => ({
      ...result({ out: unit.id }),
      seconds: 1800,
      prompt_tokens: { e: 500_000 },
      completion_tokens: { e: 200_000 },
    });
    const handle = await start({ ...capped(), budget: { calls: null, gpu_hours: null, money: 7 } });
    await expect.poll(() => statusOf(handle)).toBe('parked');
    const { capped: cap, totals } = await handle.query(progressQuery);
    expect([cap, totals?.gpu_hours, totals?.money]).toEqual(['money: 7.50 of 7', 1, 7.5]);
    await handle.terminate();
  });

  it('ends the run where nobody is to be asked', async () => {
    spending();
    const error = await (await start(capped(), {})).result().catch((each: unknown) => each);
    expect((error as WorkflowFailedError).cause?.message).toBe('the budget is spent (calls: 3 of 3): raise it in the file and resume');
  });
});

/**
 * Groups of three chunks with so many items and calls, each of which costs 1; answers are kept, and a chunk asks for no more than it may,
 * and none once its money is spent.
 */
function answering({ items, most: calls, money: cost }: { items: number; most: number; money?: number }): { asked: () => number } {
  const answered = new Map<string, number>();
  rig.on.openGroup = async () => ({ table: 'table', chunks: 3, items });
  rig.on.lookup = async ({ plan: digest, units, run }) =>
    units.map(({ index }) => {
      const id = unitOf(rig.plans, digest, index);
      return { ...nothingFound(`${run}-${id}`, index), ...(id !== 'code' && { calls, ...(cost !== undefined && { money: cost }) }) };
    });
  rig.on.kinds = {
    summarize: async ({ node, chunk, most = items, money = items }) => {
      const before = answered.get(`${node}/${chunk}`) ?? 0;
      const paid = Math.min(most, items - before, Math.max(0, Math.ceil(money)));
      answered.set(`${node}/${chunk}`, before + paid);
      const worked = { calls: { e: paid }, prompt_tokens: {}, completion_tokens: { e: 100_000 * paid } };
      if (before + paid < items) throw withDetails(classified('calls-spent', 'no call is left'), { worked: { [node]: worked } });
      return { shard: `${node}/${chunk}`, ...worked };
    },
  };
  return { asked: () => [...answered.values()].reduce((sum, each) => sum + each, 0) };
}

describe('a paused run', () => {
  it('starts nothing until it goes on', async () => {
    const opened = Promise.withResolvers<void>();
    rig.on.kinds = {
      'source/files': async () => {
        await opened.promise;
        return result({ out: 'code' });
      },
    };
    const handle = await start(plan({ code: ['source/files'], one: ['train/rm', 'code'] }));
    await expect.poll(() => statesOf(handle)).toMatchObject({ code: 'running' });
    await handle.executeUpdate(pauseUpdate);
    opened.resolve();
    await expect.poll(() => statesOf(handle)).toMatchObject({ code: 'done', one: 'waiting' });
    expect(await handle.query(progressQuery)).toMatchObject({ status: 'running', paused: true });
    await handle.executeUpdate(unpauseUpdate);
    expect(await handle.result()).toMatchObject({ nodes: { ran: 2 } });
  });

  it('starts nothing that was being looked up when it was paused', async () => {
    const [looking, looked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    rig.on.lookup = async ({ plan: digest, units, run }) =>
      Promise.all(
        units.map(async ({ index }) => {
          const id = unitOf(rig.plans, digest, index);
          if (id === 'code') return nothingFound(`${run}-code`, index);
          looking.resolve();
          await looked.promise;
          return { ...nothingFound(`${run}-${id}`, index), results: id === 'there' ? { there: result({ out: 'there' }) } : {} };
        }),
      );
    const handle = await start(plan({ code: ['source/files'], one: ['train/rm', 'code'], there: ['train/rm', 'code'] }));
    await looking.promise;
    await handle.executeUpdate(pauseUpdate);
    looked.resolve();
    await expect.poll(() => statesOf(handle)).toMatchObject({ there: 'reused' });
    expect([await statesOf(handle), rig.started]).toEqual([{ code: 'done', one: 'waiting', there: 'reused' }, ['code']]);
    await handle.executeUpdate(unpauseUpdate);
    expect(await handle.result()).toMatchObject({ nodes: { ran: 2, reused: 1 } });
  });

  it('stays paused when it goes on as a new execution', async () => {
    const opened = Promise.withResolvers<void>();
    rig.on.kinds = {
      'source/files': async () => {
        await opened.promise;
        return result({ out: 'code' });
      },
    };
    const handle = await start(plan({ code: ['source/files'], one: ['train/rm', 'code'] }), { events: 1 });
    await expect.poll(() => statesOf(handle)).toMatchObject({ code: 'running' });
    await handle.executeUpdate(pauseUpdate);
    opened.resolve();
    await expect.poll(async () => (await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
    await expect.poll(() => statesOf(handle)).toMatchObject({ code: 'done' });
    await delay(1000);
    expect(await statesOf(handle)).toEqual({ code: 'done', one: 'waiting' });
    expect(await handle.query(progressQuery)).toMatchObject({ status: 'running', paused: true });
    await handle.executeUpdate(unpauseUpdate);
    expect(await handle.result()).toMatchObject({ nodes: { ran: 2 } });
  });
});

describe('a large run', () => {
  it('goes on as a new execution without doing anything twice', async () => {
    const { finished, read } = chains();
    const handle = await start(plan(steps), { events: 160 });
    const end = await handle.result();
    expect(read).toEqual(Object.fromEntries(Object.entries(steps).map(([id, [, ...before]]) => [id, before])));
    expect(end).toMatchObject({ status: 'succeeded', nodes: { total: 60, ran: 60, reused: 0 } });
    expect(rig.started.toSorted()).toEqual([...finished].toSorted());
    const description = await handle.describe();
    expect(description.historyLength).toBeLessThan(480);
    expect(description.runId).not.toBe(handle.firstExecutionRunId);
  });

  it('keeps what is parked over its executions', async () => {
    const { tries, finished } = chains();
    const handle = await start(plan({ ...steps, bad: ['train/rm', 'step-0'] }), { events: 160, on_failure: 'park' });
    await expect.poll(() => statusOf(handle)).toBe('parked');
    expect([tries(), (await handle.describe()).runId === handle.firstExecutionRunId]).toEqual([1, false]);
    finished.add('mended');
    await decide(handle, { node: 'bad', decision: 'retry' });
    expect(await handle.result()).toMatchObject({ nodes: { total: 61, ran: 61 } });
  });

  it('ends with a step that fails while it hands over, and does not start that again', async () => {
    const { tries, fail, handedOver, goOn } = handingOver();
    const handle = await start(plan({ quick: ['train/rm'], bad: ['train/rm'] }), { events: 1 });
    await handedOver;
    fail();
    await expect.poll(() => statesOf(handle)).toMatchObject({ bad: 'failed' });
    goOn();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect([tries(), (await handle.describe()).runId]).toEqual([1, handle.firstExecutionRunId]);
  });

  it('ends when that is decided while it hands over', async () => {
    const { tries, fail, handedOver, goOn } = handingOver();
    fail();
    const handle = await start(plan({ quick: ['train/rm'], bad: ['train/rm'] }), { events: 1, on_failure: 'park' });
    await handedOver;
    await expect.poll(() => statesOf(handle)).toMatchObject({ bad: 'parked' });
    await decide(handle, { node: 'bad', decision: 'fail' });
    goOn();
    await expect.poll(() => statusOf(handle)).not.toBe('running');
    expect(await statusOf(handle)).toBe('failed');
    expect([tries(), (await handle.describe()).runId]).toEqual([1, handle.firstExecutionRunId]);
  });
});

/** `bad` fails once `fail` is called; what the run writes down when `quick` is done, before it hands over, takes until `goOn`. */
function handingOver() {
  const [failed, begun, written] = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let tries = 0;
  rig.on.runProcess = async ({ unit }) => {
    if (unit.id !== 'bad') return result({ out: unit.id });
    tries++;
    await failed.promise;
    throw ApplicationFailure.nonRetryable('the loss is not a number', 'diverged');
  };
  rig.on.note = async ({ changed }) => {
    if (!changed.some(({ id, state }) => id === 'quick' && state === 'done')) return;
    begun.resolve();
    await written.promise;
  };
  onTestFinished(() => written.resolve());
  return { tries: () => tries, fail: () => failed.resolve(), handedOver: begun.promise, goOn: () => written.resolve() };
}

/** Six chains of ten trainings. */
const steps = Object.fromEntries(
  Array.from({ length: 60 }, (_, index) => [
    `step-${index}`,
    ['train/rm', ...(index % 10 === 0 ? [] : [`step-${index - 1}`])] as ['train/rm', ...string[]],
  ]),
);

/** A store that has what is finished; `bad` fails until it is mended. */
function chains(): { finished: Set<string>; tries: () => number; read: { [id: string]: string[] } } {
  const finished = new Set<string>();
  const read: { [id: string]: string[] } = {};
  let tries = 0;
  rig.on.runProcess = async ({ unit }) => {
    if (unit.id === 'bad') tries++;
    if (unit.id === 'bad' && !finished.has('mended')) throw ApplicationFailure.nonRetryable('the loss is not a number', 'diverged');
    rig.started.push(unit.id);
    finished.add(unit.id);
    read[unit.id] = unit.inputs[unit.id]?.['in'] ?? [];
    return result({ out: unit.id });
  };
  rig.on.lookup = async ({ run, plan: digest, units }) =>
    units.map(({ index }) => {
      const id = unitOf(rig.plans, digest, index);
      return { ...nothingFound(`${run}-${id}`, index), results: finished.has(id) ? { [id]: result({ out: id }) } : {} };
    });
  return { finished, tries: () => tries, read };
}
