import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { config, generation, modules, training } from './pipelines.ts';
import { fastEndpoint, project, tinyWeights } from './rig.ts';
import type { Project, Served } from './rig.ts';

let endpoint: Served;
let user: Project;

beforeAll(async () => {
  endpoint = await fastEndpoint();
  user = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url }, weights: await tinyWeights() }),
    'pairs.yaml': generation({ take: 20 }),
    'train.yaml': training(),
    ...modules(24),
  });
});
afterAll(async () => {
  await user[Symbol.asyncDispose]();
  endpoint[Symbol.dispose]();
});

describe('the same file again', () => {
  it('makes no model call', async () => {
    const first = await user.run('pairs.yaml');
    expect(first).toMatchObject({ status: 'succeeded', nodes: { total: 6, ran: 6, reused: 0 }, calls: { fast: 60 } });
    const second = await user.run('pairs.yaml');
    expect(second).toMatchObject({ status: 'succeeded', nodes: { total: 6, ran: 0, reused: 6 }, calls: {}, training_steps: 0 });
  });

  it('makes no training step', async () => {
    const first = await user.run('train.yaml');
    expect(first).toMatchObject({ status: 'succeeded', nodes: { total: 4, ran: 4 }, training_steps: 6 });
    expect(await readFile(first.report ?? '', 'utf8')).toContain('<svg');
    const second = await user.run('train.yaml');
    expect(second).toMatchObject({ status: 'succeeded', nodes: { ran: 0, reused: 4 }, training_steps: 0 });
  });
});

describe('a changed file', () => {
  it('trains again for another learning rate, and makes the data no second time', async () => {
    await user.write('train.yaml', training({ lr: '1e-4' }));
    const result = await user.run('train.yaml');
    expect(result).toMatchObject({ status: 'succeeded', nodes: { total: 4, ran: 3, reused: 1 }, training_steps: 6 });
  });

  it('runs nothing for a change of names, comments or order', async () => {
    const text = training({ lr: '1e-4' }).replaceAll('arithmetic', 'sums').replace('dataset/sums', 'dataset/arithmetic');
    await user.write('train.yaml', `# a remark\n${text}`);
    expect(await user.run('train.yaml')).toMatchObject({ nodes: { ran: 0, reused: 4 }, training_steps: 0 });
  });

  it('is explained by the line that changed', async () => {
    const text = training({ lr: '3e-4' });
    await user.write('train.yaml', text);
    const line = text.split('\n').findIndex((each) => each.includes('lr: 3e-4')) + 1;
    const { stdout } = await user.codepmp('explain', 'rm', 'train.yaml');
    expect(stdout).toMatch(new RegExp(`^rm re-runs: schedule\\.lr .* → 3e-4|^rm re-runs: schedule\\.lr .*\\(train\\.yaml:${line}\\)`));
    expect(stdout).toContain(`train.yaml:${line}`);
    await user.write('train.yaml', training({ lr: '1e-4' }));
  });

  it('is made again on request; what is above it is reused, and so is what is below it where it comes out the same', async () => {
    const { run } = await user.run('train.yaml');
    const { stdout, exitCode } = await user.codepmp('resume', run, '--from', 'rm', '--json');
    const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}') as object;
    expect([exitCode, result]).toEqual([
      0,
      expect.objectContaining({
        status: 'succeeded',
        nodes: { total: 4, ran: 1, reused: 3, skipped: 0 },
        training_steps: 6,
        report: expect.stringContaining('index.html') as string,
      }),
    ]);
  });

  it('asks anew for what one step is given on request, and for nothing above it', async () => {
    const { run } = await user.run('pairs.yaml');
    const { stdout, exitCode } = await user.codepmp('resume', run, '--from', 'rejected', '--json');
    const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}') as object;
    expect([exitCode, result]).toEqual([
      0,
      expect.objectContaining({ status: 'succeeded', nodes: { total: 6, ran: 2, reused: 4, skipped: 0 }, calls: { fast: 20 } }),
    ]);
  });

  it('asks only for what is new when more files are taken', async () => {
    await user.write('pairs.yaml', generation({ take: 24 }));
    expect(await user.run('pairs.yaml')).toMatchObject({ status: 'succeeded', calls: { fast: 12 } });
  });
});

describe('gc', () => {
  it('after the record of a run is deleted leaves what other runs need, and what is made again costs no call', async () => {
    const wide = await user.run('pairs.yaml');
    const narrower = 'uses: pair, with: {length_ratio: {max: 50}, ';
    await user.write('narrow.yaml', generation({ take: 24 }).replace('uses: pair, with: {', narrower));
    const narrow = await user.run('narrow.yaml');
    expect(narrow).toMatchObject({ status: 'succeeded', nodes: { ran: 1 }, calls: {} });
    await user.codepmp('rm', narrow.run, '--yes');
    const { stdout } = await user.codepmp('gc', '--delete', '--keep', '0', '--json');
    const collected = JSON.parse(stdout) as { sorts: { sort: string; files: number }[] };
    expect(collected).toMatchObject({ deleted: true, open: null });
    expect(collected.sorts.find(({ sort }) => sort === 'names/results')).toMatchObject({ files: 1 });
    expect(await user.codepmp('show', 'pairs', '--run', wide.run)).toMatchObject({ exitCode: 0 });
    expect(await user.codepmp('verify')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await user.run('pairs.yaml')).toMatchObject({ status: 'succeeded', nodes: { ran: 0, reused: 6 }, calls: {} });
    expect(await user.run('narrow.yaml')).toMatchObject({ status: 'succeeded', nodes: { ran: 1, reused: 5 }, calls: {} });
  });
});
