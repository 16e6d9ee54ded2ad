import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkout } from './supervisor/services-rig.ts';
import { runCommand } from './command.ts';

const codepmp = (...args: string[]) => runCommand(checkout, args);

it.each(['pipeline', 'config', 'plan'])('prints the schema of %s, and where it lies', async (what) => {
  const path = join(checkout, 'schemas', `${what}.schema.json`);
  const text = await readFile(path, 'utf8');
  expect(await codepmp('schema', what)).toEqual({ exitCode: 0, stdout: text.trimEnd(), stderr: '' });
  expect(await codepmp('schema', what, '--path')).toEqual({ exitCode: 0, stdout: path, stderr: '' });
  expect(JSON.parse((await codepmp('schema', what, '--json')).stdout)).toEqual(JSON.parse(text));
});

it('prints that of pipelines where nothing is named, and knows near words', async () => {
  expect((await codepmp('schema', '--path', '--json')).stdout).toBe(
    JSON.stringify({ path: join(checkout, 'schemas', 'pipeline.schema.json') }),
  );
  expect(await codepmp('schema', 'pipelines')).toMatchObject({
    exitCode: 2,
    stderr: 'codepmp: there is no schema pipelines. Did you mean pipeline?',
  });
  expect((await codepmp('schema', 'x')).stderr).toContain('Expected one of pipeline, config, plan');
});
