import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKilled } from './crash.ts';
import { config, training } from './pipelines.ts';
import { jobProcesses, project, tinyWeights, trainingSteps, until } from './rig.ts';

describe('a training', () => {
  it('repeats at most one checkpoint interval when every process of it is killed', async () => {
    await using user = await project({
      'codepmp.config.yaml': config({ weights: await tinyWeights() }),
      'train.yaml': training({ presentations: 480, every: 20 }),
    });
    const run = user.start('train.yaml');
    await until('the training has made 50 steps', async () => (await trainingSteps(user)).length >= 50);
    for (const { pid } of jobProcesses(user.store)) isKilled(pid);
    expect(await run.result).toMatchObject({ status: 'succeeded' });
    const steps = await trainingSteps(user);
    expect(new Set(steps).size).toBe(120);
    expect(steps.length - 120).toBeLessThanOrEqual(20);
  });

  it('starts again when one of its processes stands still, and leaves the stacks of the others', async () => {
    const lasting = training({ presentations: 400, every: 1000 });
    await using user = await project({
      'codepmp.config.yaml': `${config({ weights: await tinyWeights() })}pools: {local: {processes: 2, stall_after: 10}}\n`,
      'train.yaml': lasting.slice(0, lasting.indexOf('  accuracy:')),
    });
    const run = user.start('train.yaml');
    await until('a step has a usual time', async () => (await trainingSteps(user)).length > 10);
    const ranks = jobProcesses(user.store).filter(({ command }) => / -u \S+train\.py /.test(command));
    expect(ranks).toHaveLength(2);
    const second = ranks.find(({ pid }) => readFileSync(`/proc/${pid}/environ`, 'utf8').includes('\0RANK=1\0'))?.pid ?? Number.NaN;
    process.kill(second, 'SIGSTOP');
    expect(await run.result).toMatchObject({ status: 'succeeded' });
    expect(existsSync(`/proc/${second}`)).toBe(false);
    expect(new Set(await trainingSteps(user)).size).toBe(100);
    const logs = readdirSync(join(user.store, 'jobs'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('/stderr.log'));
    const texts = logs.map((path) => readFileSync(join(user.store, 'jobs', path), 'utf8'));
    expect(texts.join('\n')).toMatch(/^rank 0: Timeout \(0:0\d:\d\d[\d.]*\)!\n(rank 0: .*\n)*rank 0: +File ".*\/train\.py", line \d+ in loop$/m);
  });

  it('leaves no process ten seconds after the command that cancelled it', async () => {
    await using user = await project({
      'codepmp.config.yaml': config({ weights: await tinyWeights() }),
      'train.yaml': training({ presentations: 40_000, every: 1000 }),
    });
    const run = user.start('train.yaml');
    await until('the training makes steps', async () => (await trainingSteps(user)).length >= 3);
    const [listed] = JSON.parse((await user.codepmp('list', '--json')).stdout) as { run: string }[];
    const { exitCode } = await user.codepmp('cancel', listed?.run ?? '');
    await until('the processes are gone', () => jobProcesses(user.store).length === 0, 10);
    expect(exitCode).toBe(0);
    expect(await run.result).toMatchObject({ status: 'cancelled' });
    expect(await run.exit).toBe(3);
  });
});
