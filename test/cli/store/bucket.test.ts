import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { createArtifacts, rowBlobs, verifyFiles } from '../../../adapters/index.ts';
import { openBucket, type Bucket } from '../../../adapters/store/bucket/bucket.ts';
import { collectUnused } from '../../../cli/gc/collect.ts';
import type { Digest, PlanNode } from '../../../plan/index.ts';
import type { BucketPlace } from '../../../ports/configuration.ts';
import type { Store } from '../../../ports/store.ts';
import { resultName } from '../../../records/names.ts';
import { publishResult, readWholeResult } from '../../../records/results.ts';
import { noteRun } from '../../../records/run.ts';
import { bucketRig } from '../../contracts/bucket-rig.ts';
import { record, sha256 } from '../../contracts/store-contract.ts';
import { runCommand } from '../command.ts';

const rig = bucketRig();
const { openAt } = rig;
let folder: string;
let place: BucketPlace;
let bucket: Bucket;

beforeEach(async () => {
  ({ folder, place } = rig);
  bucket = await openBucket(place);
  const { url, endpoint_url } = place;
  await writeFile(
    join(folder, 'codepmp.config.yaml'),
    `codepmp_config: 1\nstore: first\nbucket: {url: "${url}", endpoint_url: "${endpoint_url}"}\n`,
  );
});

/** Records a corpus with a text from each repository, and a run that has made it. */
async function corpusOf(store: Store, run: string, repositories: string[]): Promise<Digest> {
  const artifacts = createArtifacts(store);
  const shards = [];
  for (const repository of repositories)
    shards.push(await artifacts.writeJsonl([{ origin: sha256(repository), ordinal: 0, text: `text of ${repository}`, repository }]));
  const outputs = { out: await artifacts.writeManifest({ type: 'corpus', rows: shards.length, shards, meta: {} }) };
  const node = { id: 'code', kind: 'source/files' } as PlanNode;
  const { key } = await publishResult(store, { node, parts: { repositories }, inputs: {}, outputs, seconds: 1 });
  const nodes = [{ id: 'code', kind: 'source/files', key }];
  const changed = [{ id: 'u0', key, state: 'done' as const, nodes }];
  await noteRun(store, { head: { run, name: 'study', status: 'succeeded', started: 1 }, changed });
  return key;
}

const isWhole = async (store: Store, key: Digest): Promise<boolean> => (await readWholeResult(store, key, { check: true })) !== null;

describe('on a store in a bucket', () => {
  it('rm deletes the record of a run, and gc then what no other run needs', async () => {
    const store = await openAt('first');
    const [one, two] = [await corpusOf(store, 'run-1', ['both', 'one']), await corpusOf(store, 'run-10', ['both', 'ten'])];
    expect(await runCommand(folder, ['rm', 'run-1', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await store.listNotes('runs/')).toEqual(['runs/run-10/progress.json']);
    const before = Date.now() + 60_000;
    expect(await collectUnused({ store, before: Date.now() - 60_000, remove: true })).toEqual([]);
    const sorts = await collectUnused({ store, before, remove: true });
    expect(sorts).toMatchObject([{ sort: 'names/results', files: 1 }, { sort: 'blobs', files: 2 }]);
    const second = await openAt('second');
    expect([await isWhole(second, one), await isWhole(second, two)]).toEqual([false, true]);
  });

  it('what is used or written again counts as new', async () => {
    const store = await openAt('first');
    const digest = await store.putBytes(Buffer.from('text'));
    await store.publish('results/a', Buffer.from('{}'));
    const keys = [`blobs/${digest.slice(0, 2)}/${digest}`, 'names/results/a'];
    const before = (await Promise.all(keys.map(bucket.used))).map(Number);
    await delay(1100); // the server knows seconds
    await store.putBytes(Buffer.from('text'));
    await store.renew('results/a');
    const after = await Promise.all(keys.map(bucket.used));
    expect(after.map((time, at) => Number(time) > (before[at] ?? 0))).toEqual([true, true]);
  });

  it('verify names what is damaged and sets it aside, and a result whose file only this machine still has', async () => {
    const store = await openAt('first');
    const key = await corpusOf(store, 'run-1', ['lost', 'damaged']);
    const blobs = await bucket.list('blobs/');
    const [lost = '', damaged = ''] = await blobsWith(['lost', 'damaged']);
    await bucket.remove(lost);
    await bucket.put(damaged, Buffer.from('noise'));
    await bucket.put('names/chunks/c', Buffer.from('{}\ncrc32:00000000\n'));
    const { stdout, stderr, exitCode } = await runCommand(folder, ['verify']);
    expect(stdout.split('\n')).toEqual([
      `${damaged}: its bytes hash to ${sha256('noise')}; moved to damaged/`,
      'names/chunks/c: its checksum is wrong; moved to damaged/',
      `names/results/${key}: a file of this result of source/files is missing; it is made again`,
    ]);
    expect(stderr).toMatch(new RegExp(` checked in ${place.url}: 2 of them damaged\n`));
    expect(exitCode).toBe(1);
    expect(await bucket.list('blobs/')).toEqual(blobs.filter((each) => ![lost, damaged].includes(each)));
    expect(await store.read(resultName(key))).toBeNull();
    expect(await store.damaged()).toEqual([damaged, 'names/chunks/c', `names/results/${key}`]);
    for await (const { damage } of verifyFiles(store)) expect(damage).toBeNull();
  });

  it('forget deletes rows and answers, which a machine that has copies of them does not find any more', async () => {
    const [store, second] = [await openAt('first'), await openAt('second')];
    await corpusOf(store, 'run-1', ['secret', 'plain']);
    const range = { generationKey: 'aa', lo: '', hi: null } as const;
    const segment = store.ledger.open({ ...range, step: 'respond', attempt: '1' });
    await Promise.all([segment.append(record('secret')), segment.append(record('plain')), segment.close()]);
    expect((await second.ledger.read(range)).size).toBe(2);
    const { stdout, stderr } = await runCommand(folder, ['forget', '--repository', 'secret', '--delete']);
    expect(stdout).toContain('results: 1, with 1 file of rows\npaid answers: 1');
    expect(stderr).toContain(`1 text of secret deleted from ${place.url}; later runs leave them out`);
    for (const each of [store, second, await openAt('third')])
      expect([...(await each.ledger.read(range)).values()].map(({ text }) => text)).toEqual(['about plain']);
    expect(await blobsWith(['secret', 'plain'])).toEqual([undefined, expect.stringMatching('^blobs/')]);
  });
});

/** The keys of the files of rows in the bucket that have a text of these repositories. */
async function blobsWith(repositories: string[]): Promise<(string | undefined)[]> {
  const found = new Map<unknown, string>();
  for await (const { digest, rows } of rowBlobs(await openAt('reader')))
    for (const { repository } of rows) found.set(repository, `blobs/${digest.slice(0, 2)}/${digest}`);
  return repositories.map((each) => found.get(each));
}
