import { expect, it } from 'vitest';
import { config, generation, modules } from './pipelines.ts';
import { fastEndpoint, project, until } from './rig.ts';

it('completes a run whose Temporal server is killed', async () => {
  using endpoint = await fastEndpoint({ delay: 100 });
  await using user = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url }, concurrency: 4 }),
    'pairs.yaml': generation({ take: 120 }),
    ...modules(120),
  });
  const run = user.start('pairs.yaml');
  await until('the run goes on', async () => (await user.codepmp('list', '--json')).stdout.includes('running'));
  const { server } = await user.pids();
  process.kill(server, 'SIGKILL');
  expect(await run.result).toMatchObject({ status: 'succeeded', calls: { fast: 360 } });
  expect((await user.pids()).server).not.toBe(server);
});
