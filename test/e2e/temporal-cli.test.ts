import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PlanFile } from '../../cli/plan/plan-file.ts';
import { config, generation, modules } from './pipelines.ts';
import { fastEndpoint, home, project, until } from './rig.ts';

const temporal = join(home, '.setup', 'python', 'bin', 'temporal');

it("runs what Temporal's own command line submits, a file or a plan, into the same store", async () => {
  using endpoint = await fastEndpoint();
  await using user = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url } }),
    'pairs.yaml': generation({ take: 10 }),
    'wrong.yaml': 'codepmp: 1\nname: wrong\nsteps:\n  code: {uses: source/fils}\n',
    ...modules(10),
  });
  const port = 20_000 + (process.pid % 20_000);
  const dev = execa(join(home, 'codepmp'), ['dev', '--port', `${port}`, '--json'], { cwd: user.folder, reject: false });
  let printed = '';
  dev.stdout.on('data', (part: Buffer) => (printed += part.toString()));
  const line = await until('dev is ready', () => (printed.includes('\n') ? printed.split('\n')[0] : null));
  const ready = JSON.parse(line) as { type: string; address: string };
  expect(ready).toMatchObject({ type: 'ready', address: `127.0.0.1:${port}` });

  const execute = (id: string, input: string[]) =>
    execa(
      temporal,
      [
        'workflow',
        'execute',
        '--address',
        ready.address,
        '--type',
        'pipeline',
        '--task-queue',
        'codepmp',
        '--workflow-id',
        id,
        '--output',
        'json',
        ...input,
      ],
      { cwd: user.folder, reject: false },
    );
  const submit = (file: string, id: string) => execute(id, ['--input-file', file, '--input-meta', 'encoding=binary/plain']);
  const { stdout } = await submit('pairs.yaml', 'from-the-outside');
  expect(JSON.parse(stdout)).toMatchObject({ status: 'COMPLETED', result: { status: 'succeeded', calls: { fast: 30 } } });

  const wrong = await submit('wrong.yaml', 'wrong');
  expect(wrong.stdout + wrong.stderr).toContain('source/files');
  expect(await user.run('pairs.yaml')).toMatchObject({ nodes: { ran: 0, reused: 6 }, calls: {} });

  await user.codepmp('plan', 'pairs.yaml', '--out', 'kept.json');
  const { plan } = JSON.parse(await readFile(join(user.folder, 'kept.json'), 'utf8')) as PlanFile;
  await user.write('plan.json', JSON.stringify({ plan }));
  const planned = await execute('a-plan', ['--input-file', 'plan.json']);
  expect(JSON.parse(planned.stdout)).toMatchObject({ status: 'COMPLETED', result: { status: 'succeeded', nodes: { reused: 6 } } });

  const unknown = await execute('an-unknown-plan', ['--input', JSON.stringify({ plan: 'a'.repeat(64) })]);
  expect(unknown.stdout + unknown.stderr).toContain(`the store of the worker has no plan ${'a'.repeat(64)}`);

  dev.kill('SIGTERM');
  await dev;
});
