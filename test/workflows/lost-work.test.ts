import { Context } from '@temporalio/activity';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { giveOutLost } from '../../activities/index.ts';
import { createProcesses } from '../../adapters/index.ts';
import { processName } from '../../adapters/launchers/process-name.ts';
import { queues } from '../../plan/index.ts';
import type { pipeline } from '../../workflows/index.ts';
import { engine, plan, result } from './rig.ts';

it('what a worker was doing is given out again once its process has ended, and not before', async () => {
  const process = spawn('sleep', ['600']);
  await using rig = await engine({ identity: processName(process.pid ?? 0) });
  let began = 0;
  // The first attempt never ends by itself, and its worker here goes on sending heartbeats for it.
  rig.on.runProcess = async ({ unit }) => {
    began += 1;
    if (began === 1) await Context.current().cancelled;
    return result({ out: `digest-of-${unit.id}` });
  };
  const nodes = plan({ code: ['source/files'], training: ['train/rm', 'code'] });
  const run = await rig.client.workflow.start<typeof pipeline>('pipeline', {
    taskQueue: queues.main,
    workflowId: 'lost',
    args: [{ plan: nodes }],
  });
  await expect.poll(() => began).toBe(1);
  expect(await giveOutLost(rig.client, createProcesses())).toBe(0);

  process.kill('SIGKILL');
  await once(process, 'exit');
  // The run was waiting for the training, and the training for its process.
  expect(await giveOutLost(rig.client, createProcesses())).toBe(2);
  expect(await run.result()).toMatchObject({ status: 'succeeded' });
});
