import { expect, it, onTestFinished } from 'vitest';
import { answer, scriptEndpoint, status, type Act } from '../adapters/endpoints/scripted-endpoint.ts';
import { config, generation, modules } from './pipelines.ts';
import { artifactOf, project, tinyWeights } from './rig.ts';

const files = 12;
const description = 'This module offers a helper that takes a number and returns it multiplied by a fixed factor and increased by an offset.';

/** An answer that declines to answer. */
const refusal = "I'm sorry, but I can't help with that.";

const refused = status(400, { body: { error: { message: 'unusual characters' } } });

it('asks again for the items without a usable answer on request, for nothing else, and later runs have the new answers', async () => {
  let isRefusing = true;
  const act: Act = (response, request, body) => {
    const asked = JSON.stringify(body);
    const [, number] = /def scale_(\d+)/.exec(asked) ?? [];
    const isRefused = isRefusing && number === '3';
    const code = `\`\`\`python\ndef f(x):\n    return x * ${asked.length}\n\`\`\``;
    const declined = isRefusing && number === '5' ? refusal : null;
    const said = declined ?? (number === undefined ? code : `${description} Its number is ${number}.`);
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
  expect((await artifactOf(user, 'pairs')).rows).toBe(files - 2);
  expect(endpoint.bodies).toHaveLength(files + 2 * (files - 2));
  expect((await user.codepmp('show', 'prompts', '-n', `${files}`)).stdout).toContain(`answer: ${refusal}`);

  isRefusing = false;
  const retried = await user.codepmp('retry', '--quarantined');
  expect([retried.exitCode, retried.stderr]).toEqual([0, expect.stringContaining('prompts: asks again for 1 rejected, 1 refused')]);
  expect(endpoint.bodies).toHaveLength(files + 2 * (files - 2) + 6);
  const pairs = await artifactOf(user, 'pairs');
  expect(pairs.rows).toBe(files);

  expect((await user.run('pairs.yaml')).nodes.ran).toBe(0);
  expect(await artifactOf(user, 'pairs')).toEqual(pairs);
  expect((await user.codepmp('retry', '--quarantined')).stderr).toContain('that was asked for has a usable answer');
});

it('asks again for the items of the parked steps of a run that is parked, and retries no other step', async () => {
  const act: Act = (response, request, body) => {
    const asked = JSON.stringify(body);
    const [, number] = /def scale_(\d+)/.exec(asked) ?? [];
    const code = `\`\`\`python\ndef f(x):\n    return x * ${asked.length}\n\`\`\``;
    (number === '3' ? refused : answer(number === undefined ? code : `${description} Its number is ${number}.`))(response, request, body);
  };
  const [fast, away] = await Promise.all([scriptEndpoint(act), scriptEndpoint(act)]);
  onTestFinished(async () => {
    await Promise.all([fast.close(), away.close()]);
  });
  await away.close();
  await using user = await project({
    'codepmp.config.yaml': `${config({ endpoints: { fast: fast.url, away: away.url }, weights: await tinyWeights() })}  broken: {path: broken}\n`,
    'broken/config.json': '{"model_type": "llama"}',
    'pairs.yaml': besideBrokenTraining(),
    ...modules(files),
  });
  expect((await user.codepmp('run', 'pairs.yaml', '--on-failure', 'park')).exitCode).toBe(6);
  const asked = fast.bodies.length;
  await away.listen();
  const retried = await user.codepmp('retry', '--quarantined');
  expect(retried.stderr).toContain('prompts: asks again for 1 rejected');
  expect(retried.stderr).toContain(' is retried');
  expect(retried.stderr).not.toContain('broken-rm is retried');
  expect([retried.exitCode, fast.bodies.length]).toEqual([6, asked + 1]);

  const again = await user.codepmp('retry', 'prompts', '--quarantined');
  expect([again.exitCode, again.stderr]).toEqual([1, expect.stringMatching(/not parked in \S+: prompts\. .* codepmp cancel /)]);
  expect(fast.bodies).toHaveLength(asked + 1);
});

/** A generation whose weak model is at an endpoint of its own, and a training from weights that are none. */
function besideBrokenTraining(): string {
  const park = 'run: {budget: {unavailable: 0, job-failed: 0, invalid: 0}}';
  const pairs = generation({ take: files }).replace('weak: {endpoint: fast', 'weak: {endpoint: away').replace('model: weak}}', `model: weak}, ${park}}`);
  return `${pairs}  arithmetic: {uses: dataset/arithmetic, with: {train: 60, test: 24, choices: 8, questions: 4, seed: 3}}
  broken-rm: {uses: train/rm, with: {init: broken, pairs: arithmetic.train}, ${park}}
`;
}
