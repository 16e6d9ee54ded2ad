import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundleWorkflows } from '../../worker/bundle.ts';

it('holds the workflow library, the plan and nothing else', async () => {
  const { code } = await bundleWorkflows();
  const packages = new Set([...code.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)/g)].map((match) => match[1]));
  expect([...packages].sort()).toEqual(['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc']);
});

it('is kept for the next worker, alone', async () => {
  const { code } = await bundleWorkflows();
  const folder = join(import.meta.dirname, '..', '..', '.setup', 'workflows');
  const [file = '', ...others] = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  expect(others).toEqual([]);
  expect(await readFile(join(folder, file), 'utf8')).toBe(code);
});
