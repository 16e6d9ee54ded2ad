import { execa } from 'execa';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '../../adapters/store/bucket/bucket.ts';
import { decodeSegment } from '../../adapters/store/ledger-frames.ts';
import type { BucketPlace } from '../../ports/configuration.ts';
import { bucketServers, startMoto, type BucketServer } from '../contracts/bucket-servers.ts';
import { temporalServer } from '../server.ts';
import { config, generation, modules } from './pipelines.ts';
import { artifactOf, countsOf, fastEndpoint, home, processesOf, project, until } from './rig.ts';
import type { Project, Served } from './rig.ts';

const files = 24;

let moto: BucketServer;
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

interface MachineOptions {
  /** Further lines of its configuration. */
  more?: string;
  /** The endpoint that it asks, and how many requests it has in flight there. */
  model?: Served;
  atOnce?: number;
}

/** A machine with a folder of its own, whose store is in this folder of a bucket. */
function machineOf(place: BucketPlace, { more = '', model = endpoint, atOnce = 16 }: MachineOptions = {}): Promise<Project> {
  const { url, endpoint_url: server } = place;
  return project({
    'codepmp.config.yaml': `${config({ endpoints: { fast: model.url }, concurrency: atOnce })}bucket: {url: "${url}", endpoint_url: "${server}"}\n${more}`,
    'pairs.yaml': generation({ take: files }),
    ...modules(files + 4),
  });
}

const worker = ({ folder }: Project) => execa(join(home, 'codepmp'), ['worker'], { cwd: folder, reject: false });

it('a second machine reuses everything that the first one has put into the bucket', async () => {
  const place = moto.place('reused');
  await using first = await machineOf(place);
  expect(await first.run('pairs.yaml')).toMatchObject({ status: 'succeeded', nodes: { ran: 6, reused: 0 }, calls: { fast: 3 * files } });
  undisturbed = await artifactOf(first, 'pairs');

  await using second = await machineOf(place);
  // Its own copy of the sources is read, and has the same content.
  expect(await second.run('pairs.yaml')).toMatchObject({ status: 'succeeded', nodes: { ran: 1, reused: 5 }, calls: {} });
  expect(await artifactOf(second, 'pairs')).toEqual(undisturbed);
  await second.write('pairs.yaml', generation({ take: files + 4 }));
  expect(await second.run('pairs.yaml')).toMatchObject({ status: 'succeeded', calls: { fast: 12 } });

  const { stdout } = await first.codepmp('list', '--json');
  expect(JSON.parse(stdout)).toHaveLength(3);
  const { exitCode, stderr } = await first.codepmp('gc');
  expect([exitCode, stderr]).toEqual([0, `0 files with 0 B can be deleted from ${place.url}`]);
});

describe.each(bucketServers)('with a bucket of $name', ({ isThere, start }) => {
  it.skipIf(!isThere)('two machines make one data set together, and one alone finishes it when the other is lost', async () => {
    await using bucketServer = await start();
    const place = bucketServer.place('shared');
    await using server = await temporalServer();
    const more = `temporal: {address: "${server.address}"}\n`;
    // A model answers both machines alike, but each has an address of its own for it, which counts what that machine asks.
    using askedByFirst = await fastEndpoint({ delay: 300 });
    using askedBySecond = await fastEndpoint({ delay: 300 });
    await using first = await machineOf(place, { more, model: askedByFirst, atOnce: 4 });
    await using second = await machineOf(place, { more, model: askedBySecond, atOnce: 4 });
    await Promise.all([first, second].map((each) => each.write('pairs.yaml', generation({ take: files, chunk: 1 }))));
    const [lost, heir] = [worker(first), worker(second)];
    await Promise.all([lost, heir].map(({ stdout }) => once(stdout, 'data'))); // they say that they poll
    const run = second.start('pairs.yaml');
    const answeredBy = async (model: Served) => (await countsOf(model)).answered;
    await until('both have asked', async () => (await answeredBy(askedByFirst)) > 4 && (await answeredBy(askedBySecond)) > 4);
    for (const { pid } of processesOf(first.store)) process.kill(pid, 'SIGKILL');
    await lost;
    expect(await run.result).toMatchObject({ status: 'succeeded', nodes: { ran: 6 } });
    heir.kill('SIGTERM');
    await heir;
    expect(await artifactOf(second, 'pairs')).toEqual(undisturbed);
    const answers = await answersIn(place);
    expect([answers.length, new Set(answers).size]).toEqual([3 * files, 3 * files]);
    expect(await countsOf(askedBySecond)).toMatchObject({ again: 0, dropped: 0 });
  });
});

/** The requests of all answers in a bucket, each as often as it was paid for. */
async function answersIn(place: BucketPlace): Promise<string[]> {
  const bucket = await openBucket(place);
  const segments = await Promise.all((await bucket.list('ledger/')).map((key) => bucket.get(key)));
  return segments.flatMap((bytes) => [...decodeSegment(bytes ?? new Uint8Array())].map(({ request }) => request));
}
