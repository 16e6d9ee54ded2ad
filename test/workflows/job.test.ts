import { Context } from '@temporalio/activity';
import { expect, it } from 'vitest';
import { workOn } from '../../activities/run/unit-work.ts';
import { queues } from '../../plan/index.ts';
import { classified } from '../../ports/failure.ts';
import type { job } from '../../workflows/index.ts';
import { engine, plan, result } from './rig.ts';

it('a step that several workers may do is joined when it takes long, and the first that is done ends it', async () => {
  await using rig = await engine();
  const nodes = plan({ code: ['source/files'], clean: ['clean', 'code'] }).nodes.filter(({ id }) => id === 'clean');
  const unit = { id: 'clean', pipeline: 'test', nodes, group: false, inputs: {}, sources: {}, missing: {} };
  let asked = 0;
  const clean = async () => {
    asked += 1;
    if (asked === 1) return Context.current().cancelled;
    if (asked === 2) throw classified('out-of-memory', 'the first helper has too little memory');
    return result({ out: 'made by a helper' });
  };
  rig.on.kinds = { clean };
  const work = await workOn(rig.store, { unit, parts: {}, key: 'key' });
  const made = await rig.client.workflow.execute<typeof job>('job', {
    taskQueue: queues.main,
    workflowId: `job-${process.pid}`,
    args: [work],
  });
  expect(made['clean']).toMatchObject({ outputs: { out: 'made by a helper' } });
  expect(asked).toBeGreaterThan(2);
});
