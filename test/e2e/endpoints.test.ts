import { execa } from 'execa';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../adapters/index.ts';
import { readShares } from '../../records/worker-shares.ts';
import { answer, scriptEndpoint, type Act } from '../adapters/endpoints/scripted-endpoint.ts';
import { startMoto } from '../contracts/bucket-servers.ts';
import { temporalServer } from '../server.ts';
import { config, generation, modules } from './pipelines.ts';
import { home, project, until, type Project } from './rig.ts';

const files = 40;

/** A description where one is asked for and code where code is, after a quarter of a second. */
const slow: Act = (...turn) => {
  const asked = JSON.stringify(turn[2]);
  const number = asked.length + Number(/_(\d+)/.exec(asked)?.[1] ?? 0);
  const code = `\`\`\`python\ndef f(x):\n    return x * ${number}\n\`\`\``;
  const description = `The function multiplies its argument by the number ${number} and returns the product. It expects a number.`;
  setTimeout(() => answer(/value \* /.test(asked) ? description : code)(...turn), 250);
};

it('an endpoint has as many requests in flight as a command says, while the run goes on, until its configuration changes', async () => {
  const endpoint = await scriptEndpoint(slow);
  onTestFinished(() => endpoint.close());
  const declared = (concurrency: number) => config({ endpoints: { fast: endpoint.url }, concurrency });
  await using user = await project({
    'codepmp.config.yaml': declared(1),
    'pairs.yaml': generation({ take: files }),
    ...modules(files),
  });
  const run = user.start('pairs.yaml');
  await until('some requests have come', () => endpoint.bodies.length > 4);
  expect(endpoint.peak()).toBe(1);
  expect(await user.codepmp('endpoints', 'fast', '--concurrency', '12')).toMatchObject({
    exitCode: 0,
    stdout: 'fast: 12 requests in flight at most; the configuration says 1',
  });
  await until('as many are in flight', () => endpoint.peak() === 12);
  expect(await user.codepmp('endpoints', 'slow', '--concurrency', '4')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('there is no endpoint slow. Declared endpoints: ') as string,
  });
  expect((await run.result).status).toBe('succeeded');
  expect(endpoint.peak()).toBe(12);

  await user.write('codepmp.config.yaml', declared(2));
  const { stdout } = await user.codepmp('endpoints', '--json');
  expect((JSON.parse(stdout) as { endpoints: object }).endpoints).toMatchObject({ fast: 2 });
});

it.each([
  { place: 'a folder', start: () => null },
  { place: 'a bucket', start: startMoto },
])('two workers have no more requests in flight together than the endpoint may have, and one alone has as many: $place', async ({ start }) => {
  const endpoint = await scriptEndpoint(slow);
  onTestFinished(() => endpoint.close());
  await using server = await temporalServer();
  await using bucketServer = await start();
  const bucket = bucketServer?.place('shared');
  const declared = config({ endpoints: { fast: endpoint.url }, concurrency: 8 });
  await using user = await project({
    'codepmp.config.yaml': `${declared}temporal: {address: "${server.address}"}\n${bucket ? `bucket: ${JSON.stringify(bucket)}\n` : ''}`,
    'pairs.yaml': generation({ take: 240, chunk: 2 }),
    ...modules(240),
  });
  const first = await startWorker(user);
  const run = user.start('pairs.yaml');
  await until('the first one has as many as allowed', () => endpoint.open() === 8);
  const store = await openStore({ store: user.store, ...(bucket && { bucket }) });
  const claims = async () => [...(await readShares(store)).values()].flatMap((each) => Object.values(each.claims));
  const second = await startWorker(user);
  await until('each has half', async () => (await claims()).join() === '4,4');
  process.kill(first.pid, 'SIGKILL');
  await until('the second one has all of them', async () => (await claims()).includes(8));
  expect(await claims()).toEqual([8]);
  await until('it uses them', () => endpoint.open() === 8);
  expect((await run.result).status).toBe('succeeded');
  expect(endpoint.peak()).toBe(8);
  process.kill(second.pid, 'SIGTERM');
  await Promise.all([first.ended, second.ended]);
});

/** A worker of a project with a server of its own: its process, and when it and the command that started it have ended. */
async function startWorker({ folder }: Project): Promise<{ pid: number; ended: Promise<unknown> }> {
  const running = execa(join(home, 'codepmp'), ['worker'], { cwd: folder, reject: false });
  for (;;) {
    const [text] = (await once(running.stdout, 'data')) as [Buffer];
    const pid = /"pid":(\d+)/.exec(text.toString())?.[1];
    if (pid !== undefined) return { pid: Number(pid), ended: running };
  }
}

it('a concurrency that is no number from 1 is refused', async () => {
  await using user = await project({ 'codepmp.config.yaml': config({ endpoints: { fast: 'http://127.0.0.1:1/v1' } }) });
  expect(await user.codepmp('endpoints', 'fast', '--concurrency', '0')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--concurrency 0: expected a number from 1 to 100000') as string,
  });
});
