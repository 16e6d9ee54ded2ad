import { execa } from 'execa';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBucket } from '../../adapters/store/bucket/bucket.ts';
import { startMoto, type Moto } from '../contracts/moto.ts';
import { temporalServer } from '../server.ts';
import { config, generation, modules } from './pipelines.ts';
import { artifactOf, fastEndpoint, home, processesOf, project, until } from './rig.ts';
import type { Project, Served } from './rig.ts';

const files = 24;

let moto: Moto;
let endpoint: Served;
/** The pairs as a machine makes them that nothing happens to. */
let undisturbed: { digest: string; rows: number };

beforeAll(async () => {
  moto = await startMoto();
  endpoint = await fastEndpoint({ delay: 100 });
});
afterAll(async () => {
  endpoint[Symbol.dispose]();
  await moto[Symbol.asyncDispose]();
});

/** A machine with a folder of its own, whose store is in this folder of the bucket. */
function machineOf(prefix: string, more = ''): Promise<Project> {
  const { url, endpoint_url: server } = moto.place(prefix);
  return project({
    'codepmp.config.yaml': `${config({ endpoints: { fast: endpoint.url } })}bucket: {url: "${url}", endpoint_url: "${server}"}\n${more}`,
    'pairs.yaml': generation({ take: files }),
    ...modules(files + 4),
  });
}

const worker = ({ folder }: Project) => execa(join(home, 'codepmp'), ['worker'], { cwd: folder, reject: false });

it('a second machine reuses everything that the first one has put into the bucket', { timeout: 600_000 }, async () => {
  await using first = await machineOf('reused');
  expect(await first.run('pairs.yaml')).toMatchObject({ status: 'succeeded', nodes: { ran: 6, reused: 0 }, calls: { fast: 3 * files } });
  undisturbed = await artifactOf(first, 'pairs');

  await using second = await machineOf('reused');
  // Its own copy of the sources is read, and has the same content.
  expect(await second.run('pairs.yaml')).toMatchObject({ status: 'succeeded', nodes: { ran: 1, reused: 5 }, calls: {} });
  expect(await artifactOf(second, 'pairs')).toEqual(undisturbed);
  await second.write('pairs.yaml', generation({ take: files + 4 }));
  expect(await second.run('pairs.yaml')).toMatchObject({ status: 'succeeded', calls: { fast: 12 } });

  const { stdout } = await first.codepmp('list', '--json');
  expect(JSON.parse(stdout)).toHaveLength(3);
  const { exitCode, stderr } = await first.codepmp('gc');
  const { url } = moto.place('reused');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`gc works on a store in a folder, and this one is in ${url}.`)]);
});

it('a second machine finishes what the first one was doing when it was lost', { timeout: 600_000 }, async () => {
  await using server = await temporalServer();
  const more = `temporal: {address: "${server.address}"}\n`;
  await using first = await machineOf('lost', more);
  await using second = await machineOf('lost', more);
  const lost = worker(first);
  const run = second.start('pairs.yaml');
  const bucket = await openBucket(moto.place('lost'));
  await until('some answers are in the bucket', async () => (await bucket.list('ledger/')).length > 0, 120);
  for (const { pid } of processesOf(first.store)) process.kill(pid, 'SIGKILL');
  await lost;
  const heir = worker(second);
  expect(await run.result).toMatchObject({ status: 'succeeded', nodes: { ran: 6 } });
  heir.kill('SIGTERM');
  await heir;
  expect(await artifactOf(second, 'pairs')).toEqual(undisturbed);
});
