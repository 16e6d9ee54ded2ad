import { expect, it } from 'vitest';
import { bundleWorkflows } from '../../worker/bundle.ts';

it('holds the workflow library, the plan and nothing else', async () => {
  const { code } = await bundleWorkflows();
  const packages = new Set([...code.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)/g)].map((match) => match[1]));
  expect([...packages].sort()).toEqual(['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc']);
}, 60_000);
