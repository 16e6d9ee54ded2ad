import { Context } from '@temporalio/activity';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { nothingPaid } from '../../activities/group/chunk.ts';
import { workOn } from '../../activities/run/unit-work.ts';
import { costOf, queues, type Counts, type Plan } from '../../plan/index.ts';
import { classified, withDetails } from '../../ports/failure.ts';
import { progressQuery } from '../../workflows/messages.ts';
import type { group, pipeline } from '../../workflows/index.ts';
import { engine, nothingFound, plan, unitOf, type Engine } from './rig.ts';

/** Chunks of a group, and the calls of each. */
const [chunks, items] = [10, 10];

/** What a call costs: its prompt is many times as long as its answer may be. */
const tokens = { prompt_tokens: { e: 500 }, completion_tokens: { e: 1 } };
const prices = { e: { input: 1, output: 10 } };
const each = costOf(tokens, prices);

/** What a call costs whose prompt is as long as its answer may be. */
const estimate = costOf({ prompt_tokens: { e: 1 }, completion_tokens: { e: 1 } }, prices);

let rig: Engine;
let count = 0;
/** Who has paid for the answers of each chunk. */
let answers: Map<string, string[]>;
let opened: number;
let cancelled: number;

beforeAll(async () => {
  rig = await engine();
}, 60_000);
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  for (const name of Object.keys(rig.on)) delete rig.on[name as keyof typeof rig.on];
  answers = new Map();
  [opened, cancelled] = [0, 0];
  rig.on.openGroup = async () => {
    opened += 1;
    return { table: 'table', chunks, items };
  };
  rig.on.kinds = {
    respond: async ({ node, chunk, execution, money = Infinity, most = Infinity }) => {
      const paid = answers.get(`${node}/${chunk}`) ?? [];
      answers.set(`${node}/${chunk}`, paid);
      const own = () => paid.filter((by) => by === execution).length;
      const worked = () => ({ ...nothingPaid, ...timesOf(own()) });
      while (paid.length < items && own() < most && own() * each < money) {
        await Context.current().sleep(5).catch(() => void cancelled++);
        paid.push(execution);
      }
      if (paid.length < items) throw withDetails(classified('calls-spent', 'no call is left'), { worked: { [node]: worked() } });
      return { shard: `${node}/${chunk}`, ...worked() };
    },
  };
});

const timesOf = (calls: number): { [count in 'calls' | keyof typeof tokens]: Counts } => ({
  calls: { e: calls },
  prompt_tokens: { e: calls * tokens.prompt_tokens.e },
  completion_tokens: { e: calls },
});
const asked = () => [...answers.values()].reduce((sum, { length }) => sum + length, 0);

/** Starts a group alone, with so much money. */
async function startGroup(nodes: Parameters<typeof plan>[0], left: number) {
  const members = plan({ code: ['source/files'], ...nodes }).nodes.filter(({ id }) => id in nodes);
  const unit = { id: 'group', pipeline: 'test', nodes: members, group: true, inputs: {}, sources: {}, missing: {} };
  const work = await workOn(rig.store, { unit, parts: {}, key: 'key' });
  return rig.client.workflow.start<typeof group>('group', {
    taskQueue: queues.main,
    workflowId: `money-group-${process.pid}-${++count}`,
    args: [{ ...work, money: { left, prices } }],
  });
}

/** Starts a run of a source and of groups that read it, with a cap on its money. */
function startRun(groups: string[], money: number) {
  rig.on.lookup = async ({ plan: digest, units, run }) =>
    units.map(({ index }) => {
      const id = unitOf(rig.plans, digest, index);
      return { ...nothingFound(`${run}-${id}`, index), ...(id !== 'code' && { money: chunks * items * estimate }) };
    });
  const steps = Object.fromEntries(groups.map((id) => [id, ['respond', 'code'] as ['respond', string]]));
  const input: Plan = { ...plan({ code: ['source/files'], ...steps }, groups.map((id) => [id])), budget: { calls: null, gpu_hours: null, money } };
  return rig.client.workflow.start<typeof pipeline>('pipeline', {
    taskQueue: queues.main,
    workflowId: `money-run-${process.pid}-${++count}`,
    args: [{ plan: input }, { on_failure: 'park' }],
  });
}

describe('calls that cost much more than was expected', () => {
  it('are all made by one execution of their group where it has the money', async () => {
    const handle = await startGroup({ strong: ['respond', 'code'] }, 1);
    expect(await handle.result()).toMatchObject({ strong: { calls: { e: chunks * items } } });
    expect([opened, asked(), cancelled]).toEqual([1, chunks * items, 0]);
  });

  it('take their group few executions where the run has the money, and are counted once', async () => {
    const run = await startRun(['one', 'two'], 10);
    expect(await run.result()).toMatchObject({ status: 'succeeded', calls: { e: 2 * chunks * items } });
    expect((await run.query(progressQuery)).totals?.money).toBeCloseTo(2 * chunks * items * each, 6);
    expect(asked()).toBe(2 * chunks * items);
    expect(cancelled).toBe(0);
    expect(opened).toBeLessThanOrEqual(2 * Math.ceil(1 + Math.log2(each / estimate)));
  });

  it('end when they have cost as much as the cap, and not before', async () => {
    const money = 35.5 * each;
    const run = await startRun(['one'], money);
    onTestFinished(async () => void (await run.terminate()));
    await expect.poll(async () => (await run.query(progressQuery)).status).toBe('parked');
    const { capped, totals } = await run.query(progressQuery);
    expect(capped).toContain('money: ');
    expect(totals?.money).toBeGreaterThanOrEqual(money);
    expect(totals?.money).toBeLessThan(money + 8 * each);
    expect(cancelled).toBe(0);
  });
});

describe('a step that has spent the money of its group', () => {
  it('lets what is in progress end', async () => {
    const ended = Promise.withResolvers<void>();
    let wasStopped = false;
    rig.on.openGroup = async () => ({ table: 'table', chunks: 1, items });
    const { respond } = rig.on.kinds ?? {};
    rig.on.kinds = {
      respond: async (input) => respond?.(input).finally(() => setTimeout(ended.resolve, 2000)),
      clip: async ({ node, chunk }) => {
        const { cancellationSignal } = Context.current();
        await ended.promise;
        await delay(10);
        wasStopped = cancellationSignal.aborted;
        return { shard: `${node}/${chunk}`, ...nothingPaid };
      },
    };
    const handle = await startGroup({ strong: ['respond', 'code'], half: ['clip', 'code'] }, 1.5 * each);
    await expect(handle.result()).rejects.toThrow();
    expect([asked(), wasStopped]).toEqual([2, false]);
  });
});
