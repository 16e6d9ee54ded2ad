import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withDetails } from '../../ports/failure.ts';
import { nothingPaid } from '../../activities/group/chunk.ts';
import { queues } from '../../plan/index.ts';
import type { NodeResult, Plan, Worked } from '../../plan/index.ts';
import { decideUpdate, progressQuery } from '../../workflows/messages.ts';
import type { pipeline } from '../../workflows/index.ts';
import { engine, plan, result } from './rig.ts';
import type { Engine } from './rig.ts';

let rig: Engine;
let count = 0;
beforeAll(async () => {
  rig = await engine();
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  for (const name of Object.keys(rig.on)) delete rig.on[name as keyof typeof rig.on];
});

const start = (input: Plan) =>
  rig.client.workflow.start<typeof pipeline>('pipeline', {
    taskQueue: queues.main,
    workflowId: `spent-${process.pid}-${++count}`,
    args: [{ plan: input }, { on_failure: 'park' }],
  });

type Handle = Awaited<ReturnType<typeof start>>;

async function parked(handle: Handle) {
  await expect.poll(async () => (await handle.query(progressQuery)).status).toBe('parked');
  return handle.query(progressQuery);
}

const failure = (failureClass: string, message: string) => Object.assign(new Error(message), { class: failureClass });
const calls = (number: number, ran: Worked['ran'] = []): Worked => ({
  ...nothingPaid,
  calls: { e: number },
  prompt_tokens: { e: 10 * number },
  ran,
});

const grouped = () =>
  plan({ code: ['source/files'], strong: ['respond', 'code'], weak: ['respond', 'code'], pairs: ['pair', 'strong', 'weak'] }, [
    ['strong', 'weak', 'pairs'],
  ]);

describe('what a group has paid for before it fails', () => {
  it('counts when closing it fails, and once where it is closed by a retry', async () => {
    const payers = new Set<string>();
    rig.on.kinds = {
      respond: async ({ node, chunk, execution }) => {
        const isFirst = payers.size === 0 || payers.has(execution);
        if (isFirst) payers.add(execution);
        return { shard: `${node}/${chunk}`, ...(isFirst ? calls(2, [[1000 * chunk, 1000 * chunk + 1500]]) : nothingPaid) };
      },
    };
    let isGood = false;
    const close = ({ unit, worked }: { unit: { nodes: { id: string }[] }; worked: { [node: string]: Worked } }) =>
      Object.fromEntries(unit.nodes.map(({ id }): [string, NodeResult] => [id, { ...result({ out: id }), ...worked[id] }]));
    rig.on.closeGroup = async (input) => {
      if (!isGood) throw failure('quality', 'only 2 % of the answers are usable');
      return close(input);
    };
    const handle = await start(grouped());
    const progress = await parked(handle);
    expect(progress.totals).toMatchObject({ calls: { e: 12 }, nodes: { ran: 1 } });
    expect(progress.totals?.money).toBeCloseTo(0.00012, 6);
    expect(progress.units.find(({ state }) => state === 'parked')).toMatchObject({
      calls: { e: 12 },
      seconds: 3.5,
      failure: { message: 'only 2 % of the answers are usable' },
    });
    isGood = true;
    await handle.executeUpdate(decideUpdate, { args: [{ node: 'pairs', decision: 'retry' }] });
    expect(await handle.result()).toMatchObject({ nodes: { ran: 4 }, calls: { e: 12 } });
  });

  it('counts when a chunk fails: that of chunks that are done, of the one that failed, and of those that it stopped', async () => {
    const others = Promise.withResolvers<void>();
    let waiting = 0;
    rig.on.kinds = {
      respond: async ({ node, chunk }) => {
        if (node === 'strong' && chunk === 0) return { shard: 'strong/0', ...calls(100) };
        if (node === 'strong' && chunk === 1) {
          await others.promise;
          throw withDetails(failure('auth', 'the key is refused'), { worked: { strong: calls(10) } });
        }
        if (++waiting === 4) others.resolve();
        return Context.current().cancelled.catch((error: unknown) => {
          throw withDetails(error, { worked: { [node]: calls(1) } });
        });
      },
    };
    const handle = await start(grouped());
    const { totals, units } = await parked(handle);
    expect(totals?.calls).toEqual({ e: 114 });
    expect(units.find(({ state }) => state === 'parked')?.failure).toEqual({
      class: 'auth',
      message: 'the key is refused',
      node: 'strong',
    });
    await handle.terminate();
  });
});

describe('what was sent in vain', () => {
  it('counts for each attempt, while answers count once', async () => {
    let attempts = 0;
    rig.on.kinds = {
      respond: async ({ node, chunk }) => {
        const shard = `${node}/${chunk}`;
        if (shard !== 'strong/0') return { shard, ...nothingPaid };
        if (++attempts === 3) return { shard, ...calls(20), lost: { e: 2 } };
        throw withDetails(failure('unavailable', 'no reply'), { worked: { strong: { ...calls(10), lost: { e: 1 } } } });
      },
    };
    const handle = await start(grouped());
    expect(await handle.result()).toMatchObject({ calls: { e: 22 } });
  });
});

describe('what a training took before it failed', () => {
  it('counts, and what a retry takes is added', async () => {
    let isGood = false;
    rig.on.runProcess = async ({ unit }) => {
      if (isGood) return { ...result({ out: unit.id }), training_steps: 5, seconds: 900 };
      throw withDetails(failure('diverged', 'the loss is not a number'), {
        spent: { rm: { ...nothingPaid, training_steps: 20, seconds: 1800 } },
      });
    };
    const handle = await start(plan({ rm: ['train/rm'] }));
    expect(await parked(handle)).toMatchObject({
      totals: { training_steps: 20, gpu_hours: 1, money: 5 },
      units: [{ training_steps: 20, seconds: 1800 }],
    });
    isGood = true;
    await handle.executeUpdate(decideUpdate, { args: [{ node: 'rm', decision: 'retry' }] });
    expect(await handle.result()).toMatchObject({ training_steps: 25 });
    expect(await handle.query(progressQuery)).toMatchObject({ totals: { gpu_hours: 1.5 }, units: [{ training_steps: 25, seconds: 2700 }] });
  });
});
