import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { config, generation, modules, training } from './pipelines.ts';
import { artifactOf, fastEndpoint, jobProcesses, ledgerOf, project, recordingProxy, tinyWeights, trainingSteps, until } from './rig.ts';

const files = 720;
const requests = files * 3;

/** Requests in flight at once, and records in a commit group of the ledger. */
const inFlight = 16;
const commitGroup = 64;

describe('a worker killed in the middle of a generation', () => {
  it('asks nothing again that was answered, beyond what was in flight and one commit group', async () => {
    using endpoint = await fastEndpoint({ delay: 20 });
    await using undisturbed = await project({
      'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url }, concurrency: inFlight }),
      'pairs.yaml': generation({ take: files }),
      ...modules(files),
    });
    expect(await undisturbed.run('pairs.yaml')).toMatchObject({ status: 'succeeded', calls: { fast: requests } });
    const expected = await artifactOf(undisturbed, 'pairs');
    expect(expected.rows).toBe(files);

    await using killed = await project({ 'pairs.yaml': generation({ take: files }), ...modules(files) });
    const ledger = join(killed.folder, 'proxy.ledger');
    using proxy = await recordingProxy(endpoint.port, ledger);
    await killed.write('codepmp.config.yaml', config({ endpoints: { fast: proxy.url }, concurrency: inFlight }));
    const run = killed.start('pairs.yaml');
    const answered = () => [...ledgerOf(ledger).values()].filter((count) => count.answered > 0).length;
    await until('ten commit groups are answered', () => answered() > 12 * commitGroup);
    process.kill((await killed.pids()).worker, 'SIGKILL');
    const result = await run.result;

    expect(result.status).toBe('succeeded');
    const counts = [...ledgerOf(ledger).values()];
    expect(counts.length).toBe(requests);
    const again = counts.reduce((sum, count) => sum + Math.max(0, count.answered - 1), 0);
    expect(again).toBeLessThanOrEqual(inFlight + commitGroup);
    expect(answered()).toBe(requests);
    expect(await artifactOf(killed, 'pairs')).toEqual(expected);
  });
});

describe('a worker killed during training', () => {
  it('finds the trainer going on and repeats no step', async () => {
    await using user = await project({
      'codepmp.config.yaml': config({ weights: await tinyWeights() }),
      'train.yaml': training({ presentations: 1600, every: 50 }),
    });
    const run = user.start('train.yaml');
    await until('the training has made ten steps', async () => (await trainingSteps(user)).length >= 10, 120);
    const before = jobProcesses(user.store).map(({ pid }) => pid).sort();
    expect(before.length).toBeGreaterThan(0);
    process.kill((await user.pids()).worker, 'SIGKILL');
    expect(jobProcesses(user.store).map(({ pid }) => pid).sort()).toEqual(before);
    expect(await run.result).toMatchObject({ status: 'succeeded', training_steps: 400 });
    const steps = await trainingSteps(user);
    expect(steps).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
  });
});
