import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { config, generation, modules, training } from './pipelines.ts';
import { fastEndpoint, ledgerOf, project, recordingProxy, tinyWeights } from './rig.ts';

/** Where nothing listens but what a test starts there: an address of this process alone, with a port that the system gives to no one. */
const [awayHost, awayPort] = [`127.77.${(process.pid >> 8) % 256}.${process.pid % 256}`, 8077];
const away = `${awayHost}:${awayPort}`;

it('parks a step whose endpoint is away, finishes it when the endpoint is back, and pays for nothing twice', async () => {
  using endpoint = await fastEndpoint();
  await using user = await project({ 'pairs.yaml': apart(), ...modules(6) });
  const ledger = join(user.folder, 'asked.txt');
  using proxy = await recordingProxy(endpoint.port, ledger);
  await user.write('codepmp.config.yaml', config({ endpoints: { fast: proxy.url, away: `http://${away}/v1` } }));

  const first = await user.codepmp('run', 'pairs.yaml', '--on-failure', 'park');
  expect([first.exitCode, first.stderr]).toEqual([6, expect.stringContaining('is parked, waiting for a decision')]);
  const run = /codepmp retry .*?--run (\S+)/.exec(first.stderr)?.[1] ?? '';
  expect((await user.codepmp('list')).stdout).toContain('parked');
  expect((await user.codepmp('watch', run)).exitCode).toBe(6);

  const back = await forward(endpoint.port);
  const again = await user.codepmp('retry', '--run', run);
  back.close();
  expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining('succeeded')]);
  const asked = [...ledgerOf(ledger).values()].map((request) => request.asked);
  expect(asked).toHaveLength(6);
  expect(new Set(asked)).toEqual(new Set([1]));
});

it('goes on with the configuration that --config of a retry names, and with no other', async () => {
  using endpoint = await fastEndpoint();
  const configWith = (url: string) => config({ endpoints: { fast: endpoint.url, away: url } });
  const files = { 'wrong.yaml': configWith(`http://${away}/v1`), 'right.yaml': configWith(endpoint.url) };
  await using user = await project({ ...files, 'pairs.yaml': apart(), ...modules(6) });
  const first = await user.codepmp('run', 'pairs.yaml', '--config', 'wrong.yaml', '--on-failure', 'park');
  const run = /codepmp retry .*?--run (\S+)/.exec(first.stderr)?.[1] ?? '';
  expect(first.exitCode).toBe(6);
  const other = await user.codepmp('run', 'pairs.yaml', '--config', 'right.yaml');
  expect([other.exitCode, other.stderr]).toEqual([1, expect.stringContaining(`if it is parked, decide about it (codepmp retry --run ${run})`)]);
  const [wrong, right] = Object.keys(files).map((name) => join(user.folder, name));
  await user.write('codepmp.config.yaml', files['right.yaml']);
  const plain = await user.codepmp('retry', '--run', run);
  expect([plain.exitCode, plain.stderr]).toEqual([6, expect.stringContaining(`the worker goes on with ${wrong}, not with `)]);
  const again = await user.codepmp('retry', '--run', run, '--config', 'right.yaml');
  expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining('succeeded')]);
  expect(again.stderr).toContain(`the worker goes on with ${right}; until now it used ${wrong}`);
});

it('goes on with the other arms where one whose endpoint is away is left out', async () => {
  using endpoint = await fastEndpoint();
  await using user = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url, away: `http://${away}/v1` } }),
    'arms.yaml': `${apart()}  good: {uses: pair, with: {prompts: prompts, chosen: prompted, rejected: code}}\n`.replace(
      '  half:',
      '  prompted: {uses: respond, with: {prompts: prompts, model: strong}}\n  half:',
    ),
    ...modules(6),
  });
  const first = await user.codepmp('run', 'arms.yaml', '--on-failure', 'park');
  const run = /codepmp retry .*?--run (\S+)/.exec(first.stderr)?.[1] ?? '';
  expect(first.exitCode).toBe(6);
  expect(first.stderr).toContain(`rejected (unavailable): endpoint away at http://${away}/v1 refused the connection`);
  expect(first.stderr).toContain(`codepmp retry rejected --run ${run} --skip`);
  const skipped = await user.codepmp('retry', 'rejected', '--run', run, '--skip');
  expect([skipped.exitCode, skipped.stderr]).toEqual([0, expect.stringContaining('rejected is skipped')]);
  expect(skipped.stderr).toContain('8 nodes: 6 ran, 0 reused, 2 skipped');
  const { stdout } = await user.codepmp('status', run);
  expect(stdout).toMatch(/rejected +skipped after endpoint away/);
  expect(stdout).toMatch(/pairs +needs rejected, which was skipped/);
  expect((await user.codepmp('show', 'good', '--run', run)).exitCode).toBe(0);
  expect((await user.codepmp('explain', 'pairs', run)).stdout).toContain('pairs was skipped: needs rejected, which was skipped');
});

it('leaves a parked step out, and the report says what is missing and why', async () => {
  await using user = await project({
    'codepmp.config.yaml': `${config({ weights: await tinyWeights() })}  broken: {path: broken}\n`,
    'broken/config.json': '{"model_type": "llama"}',
    'train.yaml': two(),
  });
  const first = await user.codepmp('run', 'train.yaml', '--on-failure', 'park');
  expect([first.exitCode, first.stderr]).toEqual([6, expect.stringContaining('is parked')]);
  const run = /codepmp retry .*?--run (\S+)/.exec(first.stderr)?.[1] ?? '';
  const wrong = await user.codepmp('retry', 'rm', '--run', run);
  expect([wrong.exitCode, wrong.stderr]).toEqual([1, expect.stringContaining('rm is not parked. Parked are: broken-rm')]);
  const skipped = await user.codepmp('retry', 'broken-rm', '--run', run, '--skip');
  expect([skipped.exitCode, skipped.stderr]).toEqual([0, expect.stringContaining('succeeded')]);
  const { stdout } = await user.codepmp('report', run);
  expect(stdout).toMatch(/missing/i);
  expect(stdout).toContain('bad-accuracy');
});

it('parks at a cap of the budget and goes on when it is raised', async () => {
  using endpoint = await fastEndpoint();
  await using user = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url }, weights: await tinyWeights() }),
    'pairs.yaml': generationThenTraining(),
    ...modules(6),
  });
  const first = await user.codepmp('run', 'pairs.yaml', '--on-failure', 'park');
  expect([first.exitCode, first.stderr]).toEqual([6, expect.stringContaining('its budget has been reached: calls: 10 of 10')]);
  const run = /codepmp retry .*?--run (\S+)/.exec(first.stderr)?.[1] ?? '';
  const more = await user.codepmp('retry', '--run', run, '--budget', 'calls=1000');
  expect([more.exitCode, more.stderr]).toEqual([0, expect.stringContaining('succeeded')]);
});

/** The answers come from an endpoint of their own; one failure is enough to park. */
function apart(): string {
  return generation({ take: 6 })
    .replace('weak: {endpoint: fast', 'weak: {endpoint: away')
    .replace(
      'rejected: {uses: respond, with: {prompts: half, model: weak}}',
      'rejected: {uses: respond, with: {prompts: half, model: weak}, run: {budget: {unavailable: 0}}}',
    )
    .replace('chosen: {uses: respond, with: {prompts: prompts, model: strong}}', 'chosen: {uses: clip, with: {prompts: prompts, keep: 1}}')
    .replace('chosen: chosen', 'chosen: code');
}

/** A training that ends well, and one from weights that are none. */
function two(): string {
  const broken = `  broken-rm: {uses: train/rm, with: {init: broken, pairs: arithmetic.train}, run: {budget: {job-failed: 0, invalid: 0}}}
  bad-accuracy: {uses: eval/accuracy, with: {model: broken-rm, pairs: arithmetic.test}}
`;
  return training().replace('  accuracy:', `${broken}  accuracy:`).replace('metrics: [accuracy]', 'metrics: [accuracy, bad-accuracy]');
}

/** A training on generated pairs: all calls are made before it begins. */
function generationThenTraining(): string {
  return `${generation({ take: 6 })}  pmp: {uses: train/pmp, with: {base: tiny, pairs: pairs, batch_size: 2, presentations: 4, max_length: 64}}
budget: {calls: 10}
`;
}

/** Lets the address answer with what a port answers. */
function forward(target: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      const other = connect(target, '127.0.0.1');
      socket.pipe(other).pipe(socket);
      socket.on('error', () => other.destroy());
      other.on('error', () => socket.destroy());
    }).listen(awayPort, awayHost, () => resolve(server));
  });
}
