import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BucketPlace } from '../../../ports/configuration.ts';
import { openBucket } from '../../../adapters/store/bucket/bucket.ts';
import { openFileStore, openStore } from '../../../adapters/index.ts';
import { bucketRig } from '../../contracts/bucket-rig.ts';
import { record, sha256 } from '../../contracts/store-contract.ts';
import { startBreaker } from './fixtures/breaker.ts';

const rig = bucketRig();
const { openAt } = rig;
let folder: string;
let place: BucketPlace;

beforeEach(() => {
  ({ folder, place } = rig);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const text = (value: Uint8Array | null): string | null => value && new TextDecoder().decode(value);
const range = { generationKey: 'aa', lo: '', hi: null } as const;

describe('a store in a bucket', () => {
  it('gives a second machine everything that the first one wrote', async () => {
    const [first, second] = [await openAt('first'), await openAt('second')];
    const digest = await first.putBytes(bytes('pairs'));
    await first.publish('results/a', bytes(`{"shard":"${digest}"}`));
    await first.note('runs/r/progress.json', bytes('{}'));
    const segment = first.ledger.open({ ...range, step: 'respond', attempt: '1' });
    await Promise.all(['one', 'two'].map((each) => segment.append(record(each))));
    await segment.close();
    expect(second.id).toBe(first.id);
    expect(text(await second.read('results/a'))).toBe(`{"shard":"${digest}"}`);
    expect(text(await second.getBytes(digest))).toBe('pairs');
    expect(await second.listNotes('runs/')).toEqual(['runs/r/progress.json']);
    expect([...(await second.ledger.read(range)).values()].map((each) => each.text).toSorted()).toEqual(['about one', 'about two']);
  });

  it('has one winner of 50 publishers on five machines', async () => {
    const machines = await Promise.all(['1', '2', '3', '4', '5'].map(openAt));
    const results = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => machines[at % 5]?.publish('results/r', bytes(`value ${at}`))),
    );
    const winners = results.filter((result) => result?.won);
    expect(winners).toHaveLength(1);
    expect(new Set(results.map((result) => text(result?.bytes ?? null)))).toEqual(new Set([text(winners[0]?.bytes ?? null)]));
  });

  it('keeps one object for each commit group of answers, and reads each once, as long as it is in the bucket', async () => {
    const store = await openAt('first');
    const segment = store.ledger.open({ ...range, step: 'respond', attempt: '1' });
    await Promise.all(Array.from({ length: 1500 }, (_, at) => segment.append(record(`source ${at}`))));
    await segment.close();
    const bucket = await openBucket(place);
    expect(await bucket.list('ledger/')).toHaveLength(2);
    const second = await openAt('second');
    expect((await second.ledger.read(range)).size).toBe(1500);
    for (const key of await bucket.list('ledger/')) await bucket.put(key, bytes('unreadable'));
    expect((await second.ledger.read(range)).size).toBe(1500);
    for (const key of await bucket.list('ledger/')) await bucket.remove(key);
    expect((await second.ledger.read(range)).size).toBe(0);
  });

  it('replaces a damaged copy by what the bucket has, and sets a damaged object aside, so that it can be made again', async () => {
    const store = await openAt('first');
    const digest = await store.putBytes(bytes('weights'));
    const path = await store.pathOf(digest);
    await chmod(path, 0o644);
    await writeFile(path, 'weighty');
    expect(text(await store.getBytes(digest))).toBe('weights');

    const key = `blobs/${digest.slice(0, 2)}/${digest}`;
    await (await openBucket(place)).put(key, bytes('weighty'));
    const second = await openAt('second');
    const kept = join(folder, 'second', 'damaged', key);
    await expect(second.getBytes(digest)).rejects.toMatchObject({
      class: 'data-lost',
      message: `blob ${digest} was damaged: its bytes hash to ${sha256('weighty')}. They are now in ${kept}. Run the pipeline again: what made it runs again`,
    });
    expect(await second.has(digest)).toBe(false);
    await second.putBytes(bytes('weights'));
    expect(text(await (await openAt('third')).getBytes(digest))).toBe('weights');
  });

  it('reads answers from the bucket where the copy of a machine is damaged', async () => {
    const store = await openAt('first');
    const segment = store.ledger.open({ ...range, step: 'respond', attempt: '1' });
    await Promise.all([segment.append(record('one')), segment.close()]);
    const [key = ''] = await (await openBucket(place)).list('ledger/');
    const copy = join(folder, 'first', key);
    const sound = await readFile(copy);
    for (const damaged of [sound.subarray(0, -1), Buffer.concat([sound.subarray(0, -1), Buffer.of(1)]), Buffer.from('noise')]) {
      await rm(copy);
      await writeFile(copy, damaged);
      expect((await store.ledger.read(range)).size).toBe(1);
    }
    expect(await readFile(copy)).toEqual(sound);
  });

  it('takes a name for never published whose object is damaged', async () => {
    const store = await openAt('first');
    await store.publish('results/a', bytes('one'));
    const bucket = await openBucket(place);
    await bucket.put('names/results/a', bytes(`two\ncrc32:00000000\n`));
    expect(await store.read('results/a')).toBeNull();
    expect(await store.damaged()).toEqual(['names/results/a']);
    expect(await store.publish('results/a', bytes('three'))).toMatchObject({ won: true });
  });

  it('takes in large files in parts, and leaves no parts of an upload that is refused', async () => {
    const [first, second] = [await openAt('first'), await openAt('second')];
    const file = join(folder, 'weights');
    await writeFile(file, randomBytes(17 * 2 ** 20));
    const [{ digest }] = await Promise.all([first.putFile(file), second.putFile(file)]);
    expect(await (await openAt('third')).getBytes(digest)).toHaveLength(17 * 2 ** 20);
    const bucket = await openBucket(place);
    await bucket.createOfFile(`blobs/${digest.slice(0, 2)}/${digest}`, file);
    const { Uploads = [] } = await rig.server.client.send(new ListMultipartUploadsCommand({ Bucket: 'tests' }));
    expect(Uploads).toEqual([]);
  });

  it('is a store in a folder once it is copied into one', async () => {
    const store = await openAt('first');
    const digest = await store.putBytes(bytes('pairs'));
    await store.publish('results/a', bytes('{}'));
    const segment = store.ledger.open({ ...range, step: 'respond', attempt: '1' });
    await Promise.all([segment.append(record('one')), segment.close()]);
    const bucket = await openBucket(place);
    for (const key of await bucket.list('')) {
      await mkdir(dirname(join(folder, 'copy', key)), { recursive: true });
      await bucket.download(key, join(folder, 'copy', key));
    }
    const copy = await openFileStore({ root: join(folder, 'copy') });
    expect([copy.id, text(await copy.getBytes(digest)), text(await copy.read('results/a'))]).toEqual([store.id, 'pairs', '{}']);
    expect((await copy.ledger.read(range)).size).toBe(1);
  });

  it('refuses a folder of another store, and its own folder where the bucket is not named', async () => {
    const other = await openFileStore({ root: join(folder, 'other') });
    await expect(openAt('other')).rejects.toMatchObject({
      class: 'invalid',
      message: expect.stringMatching(
        `^the folder ${folder}/other belongs to another store than ${place.url}: its id is ${other.id}, not [0-9a-f]{16}. Name an empty folder as the store in the configuration$`,
      ),
    });
    await openAt('first');
    await expect(openStore({ store: join(folder, 'first') })).rejects.toMatchObject({
      class: 'invalid',
      message: `the folder ${folder}/first only has copies of what is in ${place.url}. Name the bucket in the configuration, or another folder as the store`,
    });
  });

  it('keeps its id where its format object was damaged and is deleted, so that what its machines have still belongs to it', async () => {
    const { id } = await openAt('first');
    await openAt('second');
    const bucket = await openBucket(place);
    const sound = (await bucket.get('FORMAT')) ?? new Uint8Array();
    await bucket.put('FORMAT', sound.with(20, 'x'.charCodeAt(0)));
    await expect(openAt('first')).rejects.toMatchObject({
      class: 'invalid',
      message: `${place.url}/FORMAT is damaged: its checksum is wrong. Either restore this file from a backup, or, if no run of the store is in progress, delete it: the next run on a machine whose folder is already one of this store writes it again with the id that the folder knows, and finds all results and answers`,
    });
    await bucket.remove('FORMAT');
    for (const machine of ['first', 'second', 'third']) expect((await openAt(machine)).id).toBe(id);
    expect(await bucket.get('FORMAT')).toEqual(sound);
  });

  it('says which bucket does not exist, and which server does not answer', async () => {
    const none = { store: join(folder, 'first'), bucket: { ...place, url: 's3://nowhere/x' } };
    await expect(openStore(none)).rejects.toMatchObject({
      class: 'invalid',
      message: 'the bucket of s3://nowhere/x does not exist. Create it, or correct bucket.url in the configuration',
    });
    const silent = { store: join(folder, 'first'), bucket: { ...place, endpoint_url: 'http://127.0.0.1:9' } };
    await expect(openStore(silent)).rejects.toMatchObject({
      class: 'unavailable',
      message: `the store ${place.url} does not answer: connect ECONNREFUSED 127.0.0.1:9. Everything finished so far is kept and reused; run again when it answers`,
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('says what to set where there are no credentials, and where no region is known', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, join(folder, 'none'));
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    await expect(openAt('first')).rejects.toMatchObject({
      class: 'auth',
      message: `${place.url} refuses access: Could not load credentials from any providers. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, to credentials that may list, read, write and delete there`,
    });
    await expect(openStore({ store: join(folder, 'first'), bucket: { url: place.url } })).rejects.toMatchObject({
      class: 'invalid',
      message: `the region of ${place.url} is not known. Set bucket.region in the configuration, or AWS_REGION`,
    });
  });
});

it('is not made on a server that overwrites what it is asked to keep', async () => {
  await using ignorant = await startBreaker(rig.server.endpoint, 'if-none-match');
  await expect(openStore({ store: join(folder, 'first'), bucket: { ...place, endpoint_url: ignorant.endpoint } })).rejects.toMatchObject({
    class: 'invalid',
    message: `the server of ${place.url} overwrites objects although it is asked not to (If-None-Match: *), so several writers would lose results. Use a server that knows conditional writes`,
  });
  expect(await (await openBucket(place)).list('')).toEqual([]);
});

describe('over a connection that breaks', () => {
  it('the publisher whose reply is lost has won all the same', async () => {
    await using breaker = await startBreaker(rig.server.endpoint);
    await openAt('first');
    const store = await openStore({ store: join(folder, 'first'), bucket: { ...place, endpoint_url: breaker.endpoint } });
    breaker.breakNext('PUT');
    expect(await store.publish('results/a', bytes('one'))).toMatchObject({ won: true });
    expect(breaker.broken()).toBe(1);
    expect(await store.publish('results/a', bytes('two'))).toEqual({ won: false, bytes: Buffer.from('one') });
  });

  it('a blob is read again from its beginning', async () => {
    await using breaker = await startBreaker(rig.server.endpoint);
    const digest = await (await openAt('first')).putBytes(randomBytes(300_000));
    const store = await openStore({ store: join(folder, 'second'), bucket: { ...place, endpoint_url: breaker.endpoint } });
    breaker.breakNext('GET');
    expect(await store.getBytes(digest)).toHaveLength(300_000);
    expect(breaker.broken()).toBe(1);
  });

  it('an answer counts as paid for only once it is in the bucket, which is waited for while it does not answer', async () => {
    await using breaker = await startBreaker(rig.server.endpoint);
    const store = await openStore({ store: join(folder, 'first'), bucket: { ...place, endpoint_url: breaker.endpoint } });
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    breaker.stayAway(true);
    const segment = store.ledger.open({ ...range, step: 'respond', attempt: '1' });
    let isSafe = false;
    const appended = segment.append(record('one')).then(() => (isSafe = true));
    await vi.waitUntil(() => breaker.broken() > 5, { timeout: 20_000 }); // the client of S3 itself gives up after five
    expect([isSafe, (await (await openAt('second')).ledger.read(range)).size]).toEqual([false, 0]);
    breaker.stayAway(false);
    await appended;
    expect((await (await openAt('second')).ledger.read(range)).size).toBe(1);
    const warning = `the store ${place.url} does not answer. It is asked again for 30 minutes`;
    expect(warned.mock.calls).toEqual([[warning, { type: 'StoreUnavailable' }]]);
  });

  it('an answer that a killed process could not put into the bucket is put there when the store is opened again', async () => {
    await using breaker = await startBreaker(rig.server.endpoint);
    const through = JSON.stringify({ ...place, endpoint_url: breaker.endpoint });
    const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'append.ts'), join(folder, 'first'), through], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    breaker.stayAway(true);
    child.stdin.write('append');
    await vi.waitUntil(() => breaker.broken() > 0, { timeout: 20_000 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await (await openAt('second')).ledger.read(range)).size).toBe(0);
    expect((await (await openAt('first')).ledger.read(range)).size).toBe(1);
    expect((await (await openAt('second')).ledger.read(range)).size).toBe(1);
    expect(await readdir(join(folder, 'first', 'unsent'), { recursive: true })).toEqual(['aa']);
  });
});
