import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { config, generation, modules } from './pipelines.ts';
import { fastEndpoint, project, until } from './rig.ts';
import type { Project } from './rig.ts';

it('completes a run whose Temporal server is killed five times, and is away for a minute once', async () => {
  using endpoint = await fastEndpoint({ delay: 100 });
  await using user = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url }, concurrency: 1 }),
    'pairs.yaml': generation({ take: 240 }),
    ...modules(240),
  });
  const run = user.start('pairs.yaml');
  await until('the run goes on', async () => (await user.codepmp('list', '--json')).stdout.includes('running'));
  for (let kill = 0; kill < 4; kill++) await kill9(user);
  await away(user, 60_000);
  expect(await run.result).toMatchObject({ status: 'succeeded', calls: { fast: 720 } });
});

/** Kills the server and waits until the supervisor has started another. */
async function kill9(user: Project): Promise<void> {
  const killed = await serverOf(user);
  process.kill(killed, 'SIGKILL');
  await until('another server runs', async () => (await serverOf(user)) !== killed);
}

/** Keeps the server from answering for a while, then kills it. */
async function away(user: Project, milliseconds: number): Promise<void> {
  process.kill(await serverOf(user), 'SIGSTOP');
  await delay(milliseconds);
  await kill9(user);
}

/** Id of the server's process; while none runs, that of the next one. */
function serverOf(user: Project): Promise<number> {
  return until('a server runs', async () => (await user.pids()).server);
}
