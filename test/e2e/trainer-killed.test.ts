import { describe, expect, it } from 'vitest';
import { config, training } from './pipelines.ts';
import { jobProcesses, project, tinyWeights, trainingSteps, until } from './rig.ts';

describe('a training', () => {
  it('repeats at most one checkpoint interval when every process of it is killed', async () => {
    await using user = await project({
      'codepmp.config.yaml': config({ weights: await tinyWeights() }),
      'train.yaml': training({ presentations: 1200, every: 20 }),
    });
    const run = user.start('train.yaml');
    await until('the training has made 50 steps', async () => (await trainingSteps(user)).length >= 50, 120);
    for (const { pid } of jobProcesses(user.store)) process.kill(pid, 'SIGKILL');
    expect(await run.result).toMatchObject({ status: 'succeeded' });
    const steps = await trainingSteps(user);
    expect(new Set(steps).size).toBe(300);
    expect(steps.length - 300).toBeLessThanOrEqual(20);
  });

  it('leaves no process ten seconds after it was cancelled', async () => {
    await using user = await project({
      'codepmp.config.yaml': config({ weights: await tinyWeights() }),
      'train.yaml': training({ presentations: 40_000, every: 1000 }),
    });
    const run = user.start('train.yaml');
    await until('the training makes steps', async () => (await trainingSteps(user)).length >= 3, 120);
    const [listed] = JSON.parse((await user.codepmp('list', '--json')).stdout) as { run: string }[];
    const cancelled = Date.now();
    const { exitCode } = await user.codepmp('cancel', listed?.run ?? '');
    await until('the processes are gone', () => jobProcesses(user.store).length === 0, 10 - (Date.now() - cancelled) / 1000);
    expect(exitCode).toBe(0);
    expect(await run.result).toMatchObject({ status: 'cancelled' });
    expect(await run.exit).toBe(3);
  });
});
