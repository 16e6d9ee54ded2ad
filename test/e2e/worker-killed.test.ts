import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { crashTest, lasting, passing } from './crash.ts';
import { config, training } from './pipelines.ts';
import { jobProcesses, project, tinyWeights, trainingSteps, until } from './rig.ts';

const files = 480;
const kills = 3;

/** Requests in flight at once, and records in a commit group of the ledger. */
const inFlight = 16;
const commitGroup = 64;

describe('a worker killed again and again in a generation, at an endpoint with faults', () => {
  it('makes the pairs of an undisturbed run, and asks again only for what was in flight and one commit group a kill', async () => {
    const undisturbed = await crashTest({ files, kills: 0, inFlight, delay: 10, faults: { lasting } });
    const killed = await crashTest({ files, kills, inFlight, delay: 10, faults: { lasting, passing, away: { after: 200, seconds: 2 } } });
    expect([undisturbed.status, killed.status]).toEqual(['succeeded', 'succeeded']);
    expect(undisturbed.counts).toMatchObject({ answered: undisturbed.counts.requests, again: 0 });
    expect(killed.counts).toMatchObject({ requests: undisturbed.counts.requests, answered: undisturbed.counts.answered });
    expect(killed.counts.again).toBeLessThanOrEqual(kills * (inFlight + commitGroup));
    for (const fault of ['busy', 'unavailable', 'empty', 'broken', 'truncated', 'refused'])
      expect(killed.counts.faults).toHaveProperty(fault, expect.any(Number));
    expect(killed.pairs).toEqual(undisturbed.pairs);
    expect(killed.reasons).toEqual(undisturbed.reasons);
    expect(Object.keys(killed.reasons.prompts ?? {}).sort()).toEqual(['', 'rejected', 'truncated']);
  });
});

describe('a worker killed during training', () => {
  it('finds the trainer going on and repeats no step', async () => {
    await using user = await project({
      'codepmp.config.yaml': config({ weights: await tinyWeights() }),
      'train.yaml': training({ presentations: 1600, every: 50 }),
    });
    const run = user.start('train.yaml');
    await until('the training has made ten steps', async () => (await trainingSteps(user)).length >= 10);
    // All but what the wrapper's keeper starts again and again, to wait with between two signs of life.
    const sleeps = () => jobProcesses(user.store).find(({ command }) => command.startsWith('sleep '));
    const keeper = await until('the keeper waits', () => parentOf(sleeps()?.pid));
    const programs = () => jobProcesses(user.store).map(({ pid }) => pid).filter((pid) => parentOf(pid) !== keeper).sort();
    const before = programs();
    expect(before.length).toBeGreaterThan(0);
    process.kill((await user.pids()).worker, 'SIGKILL');
    expect(programs()).toEqual(before);
    expect(await run.result).toMatchObject({ status: 'succeeded', training_steps: 400 });
    const steps = await trainingSteps(user);
    expect(steps).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
  });
});

/** The parent of a process; null if it has ended. */
function parentOf(pid: number | undefined): number | null {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return null;
  }
}
