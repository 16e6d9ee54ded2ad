import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { config, training } from './pipelines.ts';
import { project, tinyWeights } from './rig.ts';

it('two measurements of one model that become ready together start one process', async () => {
  const pipeline = training({ presentations: 8 })
    .replace('  report:', '  choice: {uses: eval/choice, with: {model: rm, choices: arithmetic.choices}}\n  report:')
    .replace('metrics: [accuracy]', 'metrics: [accuracy, choice]');
  await using user = await project({ 'codepmp.config.yaml': config({ weights: await tinyWeights() }), 'train.yaml': pipeline });
  expect(await user.run('train.yaml')).toMatchObject({ status: 'succeeded', nodes: { total: 5, ran: 5 } });
  const files = await readdir(join(user.store, 'jobs'), { recursive: true });
  expect(files.filter((name) => name.endsWith('/pid'))).toHaveLength(2);
});
