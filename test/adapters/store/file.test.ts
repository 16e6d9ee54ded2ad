import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStore } from '../../../adapters/store/file.ts';
import { hashOf } from '../../../plan/keys.ts';
import { sha256 } from '../../contracts/store-contract.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const ownMounts = canMount();

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-file-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('a store in a folder', () => {
  it('lets exactly one of several racing processes win each name', async () => {
    const names = 200;
    const processes = Array.from({ length: 4 }, (_, self) =>
      spawn(process.execPath, [join(fixtures, 'publish.ts'), root, `${names}`, `${self}`], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const lines = processes.map(({ stdout }) => createInterface({ input: stdout })[Symbol.asyncIterator]());
    await Promise.all(lines.map((each) => each.next()));
    for (const { stdin } of processes) stdin.end('go\n');
    const reports = await Promise.all(
      lines.map(async (each) => JSON.parse(String((await each.next()).value)) as { id: string; won: number[] }),
    );
    expect(new Set(reports.map(({ id }) => id)).size).toBe(1);
    const winners = new Map(reports.flatMap(({ won }, self) => won.map((at) => [at, self] as const)));
    expect([reports.reduce((sum, { won }) => sum + won.length, 0), winners.size]).toEqual([names, names]);
    const store = await openFileStore({ root });
    for (const [at, self] of winners)
      expect(new TextDecoder().decode((await store.read(`results/${at}`)) ?? undefined)).toBe(`${at} by ${self}`);
    expect(await readdir(join(root, 'tmp'))).toEqual([]);
  });

  it('gives the bytes of the winner to a publisher that cannot read them at first, and never its own', async () => {
    const store = await openFileStore({ root });
    await store.publish('results/other', new TextEncoder().encode('theirs'));
    // As a server of files may show it: the name is taken, and opening it says that it is not there.
    await symlink('appears-later', join(root, 'names', 'results', 'r'));
    const published = store.publish('results/r', new TextEncoder().encode('ours'));
    await delay(300);
    await rename(join(root, 'names', 'results', 'other'), join(root, 'names', 'results', 'appears-later'));
    const { won, bytes } = await published;
    expect([won, new TextDecoder().decode(bytes)]).toEqual([false, 'theirs']);
  });

  it('sets every damaged blob aside, so that it can be made again', async () => {
    const store = await openFileStore({ root });
    const digest = await store.putBytes(new TextEncoder().encode('weights'));
    const path = await store.pathOf(digest);
    chmodSync(path, 0o644);
    writeFileSync(path, 'weighty');
    const name = join('blobs', digest.slice(0, 2), digest);
    const message = `blob ${digest} was damaged: its bytes hash to ${sha256('weighty')}. They are now in ${join(root, 'damaged', name)}. Run the pipeline again: what made it runs again`;
    for (const ask of [store.getBytes, store.pathOf]) {
      await expect(ask(digest)).rejects.toMatchObject({ class: 'data-lost', message });
      expect(await store.has(digest)).toBe(false);
      expect(await store.damaged()).toEqual([name]);
      expect(await store.putBytes(new TextEncoder().encode('weights'))).toBe(digest);
      chmodSync(path, 0o644);
      writeFileSync(path, 'weighty');
    }
  });

  it('refuses a store of a newer format', async () => {
    await writeFile(join(root, 'FORMAT'), '{"format":5,"id":"a"}');
    await expect(openFileStore({ root })).rejects.toMatchObject({
      class: 'invalid',
      message: `the store ${root} has format 5, this codepmp reads formats up to 4. Use the newer codepmp that wrote it, or another folder`,
    });
  });

  it('takes a store of format 1 over: it keeps its id and its paid answers, each to be judged anew', async () => {
    await cp(join(fixtures, 'format-1'), root, { recursive: true });
    const store = await openFileStore({ root });
    const usage = { prompt_tokens: 3, completion_tokens: 5 };
    const said = [
      { text: 'x = 1', finish_reason: 'stop', usage },
      { text: 'y = ', finish_reason: 'length', usage: null },
      { text: '', finish_reason: 'stop', usage },
    ];
    expect(store.id).toBe('8b0f9eb0305303a2');
    expect(JSON.parse(await readFile(join(root, 'FORMAT'), 'utf8'))).toMatchObject({ format: 4, id: store.id });
    const range = { generationKey: 'aa', lo: '', hi: null } as const;
    const kept = await store.ledger.read(range);
    expect([...kept.values()]).toEqual(
      said.map((each, index) => ({
        request: `${index + 1}`.repeat(64),
        origin: 'abc'.charAt(index).repeat(64),
        ...each,
        model: 'm',
        by: 'run',
        answer_digest: hashOf({ ...each, model: 'm' }),
      })),
    );
    const segment = store.ledger.open({ ...range, step: 'respond', attempt: '2' });
    await segment.append({
      request: '4'.repeat(64),
      origin: 'd'.repeat(64),
      text: 'z',
      finish_reason: 'stop',
      usage,
      model: 'm',
      by: 'run',
    });
    await segment.close();
    expect((await store.ledger.read(range)).size).toBe(4);
  });

  it('refuses a format file of which any bit is flipped', async () => {
    await openFileStore({ root });
    const path = join(root, 'FORMAT');
    const sound = await readFile(path);
    chmodSync(path, 0o644);
    for (let at = 0; at < 8 * (sound.length - 1); at += 1) {
      const bytes = Buffer.from(sound);
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
      writeFileSync(path, bytes);
      await expect(openFileStore({ root })).rejects.toThrow(`if no run of the store is in progress, delete it`);
    }
  });

  it('with a new format file has all that it had', async () => {
    const before = await openFileStore({ root });
    await before.publish('results/a', new TextEncoder().encode('{}'));
    await rm(join(root, 'FORMAT'));
    const after = await openFileStore({ root });
    expect([after.id === before.id, await after.list('')]).toEqual([false, ['results/a']]);
  });

  it('refuses a folder whose format file is something else', async () => {
    await writeFile(join(root, 'FORMAT'), 'PNG');
    await expect(openFileStore({ root })).rejects.toThrow(/FORMAT is not the format file of a store: expected .* got "PNG"/);
  });

  it('refuses work when less than the reserve is free', async () => {
    const store = await openFileStore({ root, reserve: Number.MAX_SAFE_INTEGER });
    await expect(store.assertSpace()).rejects.toMatchObject({
      name: 'DiskFull',
      class: 'unavailable',
      message: expect.stringContaining(root),
    });
  });

  it.skipIf(!ownMounts)('on a full disk leaves nothing torn, keeps what was paid for and goes on when there is room', async () => {
    await mkdir(join(root, 'small'));
    const script = `mount -t tmpfs -o size=2m none ${root}/small && exec ${process.execPath} ${join(fixtures, 'fill-disk.ts')} ${root}/small`;
    const { stdout } = await promisify(execFile)('unshare', ['-Urm', '/bin/sh', '-c', script]);
    const { failures, left, paid, found, later, published } = JSON.parse(stdout) as {
      failures: { what: string; name: string; class: string; message: string }[];
      left: object;
      [key: string]: unknown;
    };
    expect([...new Set(failures.map(({ what }) => what))]).toEqual([
      'append',
      'append after',
      'assertSpace',
      'putBytes',
      'publish',
      'note',
    ]);
    for (const each of failures)
      expect(each).toMatchObject({
        name: 'DiskFull',
        class: 'unavailable',
        message: expect.stringMatching(/^disk full at .*small.*Free some space there and run again/),
      });
    expect(left).toEqual({ temporary: [], published: null, noted: null });
    expect(paid).toBeGreaterThan(16);
    expect([found, later, published]).toEqual([paid, Number(paid) + 1, 'whole']);
  });
});

it('a store taken over from a killed process has no torn blob', async () => {
  const child = spawn(process.execPath, [join(fixtures, 'put-blobs.ts'), root], { stdio: ['ignore', 'pipe', 'inherit'] });
  const digests: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => digests.push(line));
  await expect.poll(() => digests.length).toBeGreaterThan(20);
  child.kill('SIGKILL');
  await once(child, 'close');
  const store = await openFileStore({ root });
  for (const digest of digests) expect((await store.getBytes(digest)).length).toBeGreaterThan(0);
  const entries = await readdir(join(root, 'blobs'), { recursive: true, withFileTypes: true });
  const blobs = entries.filter((entry) => entry.isFile());
  expect(blobs.map(({ parentPath, name }) => sha256(readFileSync(join(parentPath, name), 'utf8')))).toEqual(blobs.map(({ name }) => name));
});

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-Urm', '/bin/sh', '-c', 'mount -t tmpfs -o size=2m none /mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('no user and mount namespaces here: the test of a full disk is skipped\n');
    return false;
  }
}
