import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { config, generation, modules } from './pipelines.ts';
import { fastEndpoint, project } from './rig.ts';
import type { Result } from './rig.ts';

const study = `codepmp: 1
extends: ../base.yaml
name: study
params: {keep: {type: number, default: 0.5}}
steps: {half: {with: {keep: $keep}}}
sweeps: {halves: {grid: {keep: [0.25, 0.5]}}}
`;

it('a study over a base pays for what it changes alone, goes by bundle and by params as well, and resumes without the base', async () => {
  using endpoint = await fastEndpoint();
  await using user = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url } }),
    'base.yaml': generation({ take: 10 }),
    'keep.yaml': 'keep: 0.25\n',
    ...modules(10),
  });
  await user.write('studies/study.yaml', study);

  expect(await user.run('base.yaml')).toMatchObject({ status: 'succeeded', nodes: { ran: 6, reused: 0 }, calls: { fast: 30 } });
  const first = await user.run('studies/study.yaml');
  expect(first).toMatchObject({ status: 'succeeded', nodes: { total: 9, ran: 3, reused: 6 }, calls: { fast: 10 } });

  const bundle = await user.codepmp('bundle', 'studies/study.yaml', '--out', 'one.yaml');
  expect(bundle.exitCode).toBe(0);
  expect(await user.run('one.yaml')).toMatchObject({ nodes: { total: 9, ran: 0, reused: 9 }, calls: {} });
  expect(await user.run('studies/study.yaml', '--no-sweeps', '--params', 'keep.yaml')).toMatchObject({
    nodes: { total: 6, ran: 0, reused: 6 },
  });
  expect(await user.run('studies/study.yaml', '--cell', 'keep=0.25')).toMatchObject({ nodes: { total: 6, ran: 0, reused: 6 } });

  await rm(join(user.folder, 'base.yaml'));
  const { exitCode, stdout } = await user.codepmp('resume', first.run, '--json');
  expect(exitCode).toBe(0);
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Result;
  expect(result).toMatchObject({ status: 'succeeded', nodes: { total: 9, ran: 0, reused: 9 } });
});
