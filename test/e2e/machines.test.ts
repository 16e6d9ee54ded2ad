import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { canDivideNetwork, inOwnNetwork } from '../hosts.ts';
import { config, generation, modules } from './pipelines.ts';
import { artifactOf, fastEndpoint, project } from './rig.ts';

const files = 24;
const script = join(import.meta.dirname, 'fixtures', 'two-machines.ts');

const title = 'two machines make one data set in a shared folder, and one alone finishes it when the other is lost';
it.skipIf(!canDivideNetwork)(title, async () => {
  using endpoint = await fastEndpoint();
  await using undisturbed = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url } }),
    'pairs.yaml': generation({ take: files, chunk: 1 }),
    ...modules(files),
  });
  expect(await undisturbed.run('pairs.yaml')).toMatchObject({ status: 'succeeded' });
  const folder = await mkdtemp(join(tmpdir(), 'codepmp-machines-'));
  const { stdout, stderr } = await inOwnNetwork(script, [folder, `${files}`]);
  await rm(folder, { recursive: true, force: true });
  if (!stdout.includes('{')) throw new Error(`the machines said nothing:\n${stderr}`);
  expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toEqual({
    status: 'succeeded',
    ran: 6,
    pairs: await artifactOf(undisturbed, 'pairs'),
    again: 0,
    dropped: 0,
    answers: 3 * files,
    requests: 3 * files,
  });
});
