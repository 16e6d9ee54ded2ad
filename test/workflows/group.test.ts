import { expect, it } from 'vitest';
import { nothingPaid } from '../../activities/group/chunk.ts';
import { workOn } from '../../activities/run/unit-work.ts';
import { queues } from '../../plan/index.ts';
import { chunksOfShard } from '../../plan/limits.ts';
import { classified, withDetails } from '../../ports/failure.ts';
import type { group } from '../../workflows/index.ts';
import { engine, plan } from './rig.ts';

it('a group with a long history continues in a new execution, with its calls so far, and handles each chunk once', async () => {
  await using rig = await engine();
  const { nodes } = plan({ code: ['source/files'], weak: ['clip', 'code'] });
  const members = nodes.filter(({ id }) => id === 'weak');
  const unit = { id: 'weak', pipeline: 'test', nodes: members, group: true, inputs: {}, sources: {}, missing: {} };
  const chunks = chunksOfShard(members.length) + 3;
  rig.on.openGroup = async () => ({ table: 'table', chunks, items: 1 });
  const work = await workOn(rig.store, { unit, parts: {}, key: 'key' });
  const handle = await rig.client.workflow.start<typeof group>('group', {
    taskQueue: queues.main,
    workflowId: `group-${process.pid}`,
    args: [{ ...work, calls: 10 * chunks, events: 12 }],
  });
  const result = await handle.result();
  expect(rig.started.toSorted()).toEqual(Array.from({ length: chunks }, (_, chunk) => `weak/${chunk}`).toSorted());
  expect(result['weak']?.calls).toEqual({ e: chunks });
  const [first, last] = [handle.firstExecutionRunId, (await handle.describe()).runId];
  expect(last).not.toBe(first);
});

it('leaves a chunk that is tried again no calls for those that brought no reply, where calls are limited', async () => {
  await using rig = await engine();
  const { nodes } = plan({ code: ['source/files'], strong: ['respond', 'code'] });
  const members = nodes.filter(({ id }) => id === 'strong');
  const unit = { id: 'strong', pipeline: 'test', nodes: members, group: true, inputs: {}, sources: {}, missing: {} };
  rig.on.openGroup = async () => ({ table: 'table', chunks: 1, items: 10 });
  const allowed: (number | undefined)[] = [];
  rig.on.kinds = {
    respond: async ({ most }) => {
      allowed.push(most);
      if (allowed.length === 2) return { shard: 'strong/0', ...nothingPaid };
      const paid = { ...nothingPaid, calls: { e: 3 }, lost: { e: 2 } };
      throw withDetails(classified('unavailable', 'no reply'), { worked: { strong: paid } });
    },
  };
  const work = await workOn(rig.store, { unit, parts: {}, key: 'key' });
  const result = await rig.client.workflow.execute<typeof group>('group', {
    taskQueue: queues.main,
    workflowId: `group-lost-${process.pid}`,
    args: [{ ...work, calls: 5 }],
  });
  expect(allowed).toEqual([5, 3]);
  expect(result['strong']?.calls).toEqual({ e: 2 });
});
