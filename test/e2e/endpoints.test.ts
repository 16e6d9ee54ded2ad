import { expect, it, onTestFinished } from 'vitest';
import { answer, scriptEndpoint, type Act } from '../adapters/endpoints/scripted-endpoint.ts';
import { config, generation, modules } from './pipelines.ts';
import { project, until } from './rig.ts';

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
  await until('some requests have come', () => endpoint.bodies.length > 4, 200);
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

it('a concurrency that is no number from 1 is refused', async () => {
  await using user = await project({ 'codepmp.config.yaml': config({ endpoints: { fast: 'http://127.0.0.1:1/v1' } }) });
  expect(await user.codepmp('endpoints', 'fast', '--concurrency', '0')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--concurrency 0: expected a number from 1 to 100000') as string,
  });
});
