import { expect, it, onTestFinished } from 'vitest';
import { answer, scriptEndpoint, status, type Act } from '../adapters/endpoints/scripted-endpoint.ts';
import { config, generation, modules } from './pipelines.ts';
import { artifactOf, project } from './rig.ts';

const files = 12;
const description = 'This module offers a helper that takes a number and returns it multiplied by a fixed factor and increased by an offset.';

const refused = status(400, { body: { error: { message: 'unusual characters' } } });

it('asks again for the items without a usable answer on request, for nothing else, and later runs have the new answers', async () => {
  let isRefusing = true;
  const act: Act = (response, request, body) => {
    const asked = JSON.stringify(body);
    const [, number] = /def scale_(\d+)/.exec(asked) ?? [];
    const isRefused = isRefusing && number === '3';
    const code = `\`\`\`python\ndef f(x):\n    return x * ${asked.length}\n\`\`\``;
    const said = number === undefined ? code : `${description} Its number is ${number}.`;
    (isRefused ? refused : answer(said))(response, request, body);
  };
  const endpoint = await scriptEndpoint(act);
  onTestFinished(() => endpoint.close());
  await using user = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url } }),
    'pairs.yaml': generation({ take: files }),
    ...modules(files),
  });
  expect((await user.run('pairs.yaml')).status).toBe('succeeded');
  expect((await artifactOf(user, 'prompts')).rows).toBe(files);
  expect((await artifactOf(user, 'pairs')).rows).toBe(files - 1);
  expect(endpoint.bodies).toHaveLength(files + 2 * (files - 1));

  isRefusing = false;
  const retried = await user.codepmp('retry', '--quarantined');
  expect([retried.exitCode, retried.stderr]).toEqual([0, expect.stringContaining('prompts: asks again for 1 rejected')]);
  expect(endpoint.bodies).toHaveLength(files + 2 * (files - 1) + 3);
  const pairs = await artifactOf(user, 'pairs');
  expect(pairs.rows).toBe(files);

  expect((await user.run('pairs.yaml')).nodes.ran).toBe(0);
  expect(await artifactOf(user, 'pairs')).toEqual(pairs);
  expect((await user.codepmp('retry', '--quarantined')).stderr).toContain('that was asked for has a usable answer');
});
