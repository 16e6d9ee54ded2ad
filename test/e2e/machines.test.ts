import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canDivideNetwork, inOwnNetwork } from '../hosts.ts';
import { config, generation, modules } from './pipelines.ts';
import { artifactOf, fastEndpoint, project, type Project, type Served } from './rig.ts';

const files = 24;
const script = join(import.meta.dirname, 'fixtures', 'two-machines.ts');

let endpoint: Served;
let undisturbed: Project;

beforeAll(async () => {
  endpoint = await fastEndpoint();
  undisturbed = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url } }),
    'pairs.yaml': generation({ take: files, chunk: 1 }),
    ...modules(files),
  });
  await undisturbed.run('pairs.yaml');
});
afterAll(async () => {
  await undisturbed[Symbol.asyncDispose]();
  endpoint[Symbol.dispose]();
});

const stores = [
  { kind: 'folder', what: 'in a folder that they share' },
  { kind: 'bucket', what: 'with disks of their own and a bucket' },
];
const title = 'two machines make one data set $what, and one alone finishes it when the other is lost';
it.skipIf(!canDivideNetwork).each(stores)(title, async ({ kind }) => {
  const folder = await mkdtemp(join(tmpdir(), 'codepmp-machines-'));
  const { stdout, stderr } = await inOwnNetwork(script, [folder, `${files}`, kind]);
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
