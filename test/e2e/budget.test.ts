import { join } from 'node:path';
import { expect, it } from 'vitest';
import { config, generation, modules } from './pipelines.ts';
import { fastEndpoint, ledgerOf, project, recordingProxy } from './rig.ts';

it('a run makes exactly the calls that its budget allows, says so, and a higher budget pays for the rest alone', async () => {
  using endpoint = await fastEndpoint();
  await using user = await project(modules(80));
  const ledger = join(user.folder, 'proxy.ledger');
  using proxy = await recordingProxy(endpoint.port, ledger);
  const asked = () => [...ledgerOf(ledger).values()].reduce((sum, each) => sum + each.asked, 0);
  await user.write('codepmp.config.yaml', config({ endpoints: { fast: proxy.url } }));

  await user.write('pairs.yaml', `${generation({ take: 80 })}budget: {calls: 100}\n`);
  const { exitCode, stderr } = await user.codepmp('run', 'pairs.yaml');
  expect([exitCode, asked()]).toEqual([1, 100]);
  expect(stderr).toContain('the budget is spent (calls: 100 of 100): raise it in the file and resume');

  await user.write('pairs.yaml', `${generation({ take: 80 })}budget: {calls: 1000}\n`);
  expect(await user.run('pairs.yaml')).toMatchObject({ status: 'succeeded', calls: { fast: 140 } });
  expect([asked(), ledgerOf(ledger).size]).toEqual([240, 240]);
});

it('a run that has paid what its budget allows sends no more calls than are in flight, and a higher budget pays for the rest alone', async () => {
  using endpoint = await fastEndpoint();
  await using user = await project(modules(80));
  const ledger = join(user.folder, 'proxy.ledger');
  using proxy = await recordingProxy(endpoint.port, ledger);
  const asked = () => [...ledgerOf(ledger).values()].reduce((sum, each) => sum + each.asked, 0);
  const unpriced = config({ endpoints: { fast: proxy.url }, concurrency: 4 });
  await user.write('codepmp.config.yaml', unpriced.replace('model: fast', 'model: fast, price: {input: 100, output: 1000}'));

  await user.write('pairs.yaml', `${generation({ take: 80 })}budget: {money: 5}\n`);
  const { exitCode, stderr } = await user.codepmp('run', 'pairs.yaml');
  const [, paid] = /the budget is spent \(money: ([\d.]+) of 5\)/.exec(stderr) ?? [];
  const before = asked();
  const each = Number(paid) / before;
  expect(exitCode).toBe(1);
  expect(Number(paid)).toBeGreaterThanOrEqual(5);
  expect(Number(paid)).toBeLessThan(5 + 2 * 4 * each);

  await user.write('pairs.yaml', `${generation({ take: 80 })}budget: {money: 1000}\n`);
  expect(await user.run('pairs.yaml')).toMatchObject({ status: 'succeeded', calls: { fast: 240 - before } });
  expect(asked()).toBe(240);
});
