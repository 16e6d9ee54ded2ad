import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRepositories } from '../../../adapters/sources/git.ts';
import { bareRepository, git, serveRepositories, temporaryFolder, type Trouble } from './git-rig.ts';

const repositories = createRepositories({ pauses: [1, 1] });
const { signal } = new AbortController();

async function contents(folder: string, blobs: string[], largest = 1000): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for await (const { bytes } of repositories.contents(folder, blobs, { largest, signal }))
    found.push(bytes && Buffer.from(bytes).toString());
  return found;
}

/** Flips bits of a file at a share of its length. */
async function damage(file: string, share: number): Promise<void> {
  const bytes = await readFile(file);
  for (let at = Math.floor(bytes.length * share); at < bytes.length * share + 8; at++) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  await chmod(file, 0o600);
  await writeFile(file, bytes);
}

describe('a repository', () => {
  it('gives the files of the commit of HEAD and their contents', async () => {
    const path = await bareRepository(await temporaryFolder(), 'r.git', { 'a.py': 'x = 1\n', 'lib/é ü.py': 'y\n', empty: '' });
    const head = await repositories.head(path);
    expect(head?.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(head?.files.map((file) => file.path)).toEqual(['a.py', 'empty', 'lib/é ü.py']);
    expect(await contents(path, head?.files.map(({ blob }) => blob) ?? [])).toEqual(['x = 1\n', '', 'y\n']);
  });

  it('gives no links and no submodules', async () => {
    const folder = await temporaryFolder();
    const work = join(folder, 'work');
    await mkdir(work);
    await git(work, ['init', '--quiet']);
    await writeFile(join(work, 'a.py'), 'x\n');
    await symlink('/etc/passwd', join(work, 'link.py'));
    await git(work, ['add', '.']);
    await git(work, ['update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`]);
    await git(work, ['-c', 'user.name=a', '-c', 'user.email=a@b.example', 'commit', '--quiet', '-m', 'x']);
    expect((await repositories.head(work))?.files.map(({ path }) => path)).toEqual(['a.py']);
  });

  it('is null before its first commit', async () => {
    const folder = await temporaryFolder();
    await git(folder, ['init', '--quiet', '--bare', 'new.git']);
    expect(await repositories.head(join(folder, 'new.git'))).toBeNull();
  });

  it('is refused in the words of git where it is none', async () => {
    const folder = await temporaryFolder();
    await expect(repositories.head(folder)).rejects.toThrow(/^git cannot read the repository .*: fatal: not a git repository/);
  });

  it('keeps contents in order past large ones, which are null', async () => {
    const large = 'z'.repeat(300_000);
    const path = await bareRepository(await temporaryFolder(), 'r.git', { a: 'one', b: large, c: 'three' });
    const blobs = (await repositories.head(path))?.files.map(({ blob }) => blob) ?? [];
    expect(await contents(path, blobs, 1000)).toEqual(['one', null, 'three']);
    expect(await contents(path, blobs, 300_000)).toEqual(['one', large, 'three']);
  });

  it.each([
    ['missing', (file: string) => rm(file), /the content [0-9a-f]{40} is missing/],
    ['damaged where it begins', (file: string) => damage(file, 0), /error: .*/],
    ['damaged in the middle', (file: string) => damage(file, 0.5), /(?:error|fatal): .*/],
  ])('is refused by its name in the words of git where a content is %s', async (_, harm, words) => {
    const path = await bareRepository(await temporaryFolder(), 'r.git', { a: 'one', b: randomBytes(200_000).toString('hex'), c: 'three' });
    const blobs = (await repositories.head(path))?.files.map(({ blob }) => blob) ?? [];
    await harm(join(path, 'objects', (blobs[1] ?? '').replace(/^../, '$&/')));
    for (const largest of [1000, 1_000_000])
      await expect(contents(path, blobs, largest)).rejects.toMatchObject({
        class: 'invalid',
        message: expect.stringMatching(
          new RegExp(`^git cannot read the repository ${path}: ${words.source}\\. Clone it again, or take it out of the folder$`),
        ) as string,
      });
  });

  it('ends where not all contents are read', async () => {
    const path = await bareRepository(await temporaryFolder(), 'r.git', { a: 'one', b: 'z'.repeat(3_000_000) });
    const blobs = (await repositories.head(path))?.files.map(({ blob }) => blob) ?? [];
    for await (const { bytes } of repositories.contents(path, blobs, { largest: 1e9, signal })) {
      expect(Buffer.from(bytes ?? []).toString()).toBe('one');
      break;
    }
  });

  it('fetches what a partial clone lacks in one request', async () => {
    const folder = await temporaryFolder();
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}.py`, `x = ${index}\n`]));
    await git(await bareRepository(folder, 'origin.git', files), ['config', 'uploadpack.allowFilter', 'true']);
    const server = await serveRepositories(folder);
    await git(folder, ['clone', '--quiet', '--bare', '--filter=blob:none', `${server.url}/origin.git`, 'partial.git']);
    const wanted = (await repositories.head(join(folder, 'partial.git')))?.files.slice(0, 20) ?? [];
    server.requests.length = 0;
    expect(await contents(join(folder, 'partial.git'), wanted.map(({ blob }) => blob))).toEqual(wanted.map(({ path }) => files[path]));
    expect(server.requests).toEqual(['GET /origin.git/info/refs', 'POST /origin.git/git-upload-pack']);
  });

  /** A partial clone of a repository with one file, and a program of its configuration that leaves a file behind. */
  async function partialClone(filter = 'blob:none') {
    const folder = await temporaryFolder();
    await git(await bareRepository(folder, 'origin.git', { 'lib/a': 'one' }), ['config', 'uploadpack.allowFilter', 'true']);
    await git(folder, ['clone', '--quiet', '--bare', `--filter=${filter}`, `file://${folder}/origin.git`, 'partial.git']);
    const program = join(folder, 'program');
    await writeFile(program, `#!/bin/sh\ntouch ${join(folder, 'ran')}\nexec git-upload-pack "$@"\n`, { mode: 0o755 });
    const path = join(folder, 'partial.git');
    const read = async () => contents(path, (await repositories.head(path))?.files.map(({ blob }) => blob) ?? []);
    const configure = (...args: string[]) => git(path, ['config', ...args]);
    return { folder, path, program, read, configure, hasRun: () => existsSync(join(folder, 'ran')) };
  }

  it.each([
    ['contents', 'blob:none', []],
    ['trees and contents', 'tree:0', []],
    ['contents, which it says in another word', 'blob:none', ['remote.origin.promisor', 'yes']],
    ['contents, which it says by the extension alone', 'blob:none', ['--unset', 'remote.origin.promisor']],
  ])('runs no program that its configuration names, also where it lacks %s', async (_, filter, setting) => {
    const { folder, path, program, read, configure, hasRun } = await partialClone(filter);
    await git(folder, ['init', '--quiet', '--bare', 'other.git']);
    await writeFile(join(path, 'objects', 'info', 'alternates'), `${join(folder, 'other.git', 'objects')}\n`);
    await configure('extensions.partialClone', 'origin');
    if (setting.length > 0) await configure(...setting);
    const names = ['remote.origin.uploadpack', 'core.fsmonitor', 'core.sshCommand', 'core.alternateRefsCommand', 'credential.helper'];
    for (const name of [...names, 'hook.x.command']) await configure(name, program);
    await configure('hook.x.event', 'reference-transaction');
    expect(await read()).toEqual(['one']);
    expect(hasRun()).toBe(false);
  });

  it('asks no program of its configuration for a password', async () => {
    const { program, read, configure, hasRun } = await partialClone();
    const { url } = await serveRepositories('/', () => 401);
    await configure('remote.origin.url', `${url}/origin.git`);
    await configure('core.askPass', program);
    await configure(`credential.${url}.helper`, program);
    await expect(read()).rejects.toMatchObject({ class: 'unavailable', message: expect.stringContaining('could not read Username') });
    expect(hasRun()).toBe(false);
  });

  it('reaches its origin by no program of its configuration', async () => {
    const { program, read, configure, hasRun } = await partialClone();
    await configure('remote.origin.url', 'git://127.0.0.1:1/origin.git');
    await configure('core.gitProxy', program);
    await expect(read()).rejects.toMatchObject({ class: 'unavailable', message: expect.stringContaining('unable to connect') });
    expect(hasRun()).toBe(false);
  });
});

describe('a clone', () => {
  /** A repository `origin.git` of a real git server with some trouble, and where its clone shall be. */
  async function offered(trouble?: Trouble) {
    const [folder, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
    await git(await bareRepository(folder, 'origin.git', { 'a.py': 'one', 'b.js': 'two' }), ['config', 'uploadpack.allowFilter', 'true']);
    const { url, requests } = await serveRepositories(folder, trouble);
    const clone = (cancel = signal) =>
      repositories.clone(`${url}/origin.git`, join(elsewhere, 'clone.git'), { wanted: (path) => path.endsWith('.py'), signal: cancel });
    return { origin: join(folder, 'origin.git'), elsewhere, path: join(elsewhere, 'clone.git'), requests, clone };
  }

  /** What the server is asked for: the newest commit in the first three requests, the contents in the last. */
  const contentsRequest = 'POST /origin.git/git-upload-pack';

  it('has the contents that are wanted, and no others', async () => {
    const { clone, path, origin, requests } = await offered();
    expect(await clone()).toBeNull();
    expect(requests.filter((request) => request === contentsRequest)).toHaveLength(3);
    await rm(origin, { recursive: true });
    const [a, b] = (await repositories.head(path))?.files ?? [];
    expect(await contents(path, [a?.blob ?? ''])).toEqual(['one']);
    await expect(contents(path, [b?.blob ?? ''])).rejects.toMatchObject({
      class: 'unavailable',
      message: expect.stringMatching(
        /^contents of the repository .*clone\.git are at its origin, which does not give them: fatal: .* not found/,
      ),
    });
  });

  it('is tried again after an error of the server, also one that comes in the middle', async () => {
    const first = await offered((_, nth) => (nth === 1 ? 503 : undefined));
    expect(await first.clone()).toBeNull();
    const last = await offered((_, nth) => (nth === 5 ? 503 : undefined));
    expect(await last.clone()).toBeNull();
    expect(last.requests.length).toBe(10);
  });

  it('that fails again and again says why and leaves nothing', async () => {
    const { clone, elsewhere, requests } = await offered((_, nth) => (nth % 5 === 0 ? 503 : undefined));
    expect(await clone()).toMatch(/^error: RPC failed; HTTP 503/);
    expect(requests.length).toBe(15);
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it('is not tried again where there is no such repository', async () => {
    const { clone, origin, requests } = await offered();
    await rm(origin, { recursive: true });
    expect(await clone()).toMatch(/^fatal: .* not found$/);
    expect(requests).toHaveLength(1);
  });

  it('ends by its signal, also while contents are fetched', async () => {
    const cancelled = new AbortController();
    const { clone, elsewhere } = await offered((_, nth) => {
      if (nth === 5) setImmediate(() => cancelled.abort(new Error('cancelled')));
      return nth === 5 ? 'hang' : undefined;
    });
    await expect(clone(cancelled.signal)).rejects.toThrow('cancelled');
    expect(await readdir(elsewhere)).toEqual([]);
  }, 20_000);
});
