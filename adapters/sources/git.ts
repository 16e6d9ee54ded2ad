import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { classified } from '../../ports/failure.ts';
import type { BlobContent, Repositories } from '../../ports/repositories.ts';
import { cleanEnvironment } from '../launchers/environment.ts';
import { readBatch } from './git-batch.ts';

/** Protocols by which a partial clone may ask its origin; `ext`, which runs a command of the repository's, is none. */
const protocols = 'file:git:http:https:ssh';

/** Repositories on this machine, by the program git. */
export function createRepositories(): Repositories {
  return {
    clone: (url, folder, { signal }) => cloneInto(url, folder, signal),
    async head(folder) {
      await git(folder, ['rev-parse', '--git-dir']);
      const found = await git(folder, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { elseNothing: true });
      if (found === '') return null;
      const commit = found.trim();
      const tree = await git(folder, ['ls-tree', '-r', '-z', '--full-tree', commit]);
      return { commit, files: tree.split('\0').flatMap(fileOfEntry) };
    },
    async *contents(folder, blobs, { largest }) {
      await fetchMissing(folder, blobs);
      yield* blobsOf(folder, blobs, largest);
    },
  };
}

/** The folder has its name once the clone is whole. */
async function cloneInto(url: string, folder: string, signal: AbortSignal): Promise<string | null> {
  if (existsSync(folder)) return null;
  await mkdir(dirname(folder), { recursive: true });
  const beside = await mkdtemp(`${folder}.part-`);
  try {
    const options = ['--quiet', '--bare', '--depth=1', '--single-branch', '--no-tags', '--filter=blob:none'];
    const args = argumentsOf(beside, ['clone', ...options, '--', url, 'clone']);
    const { exitCode, stderr } = await execa('git', args, { ...processOptions, cancelSignal: signal, reject: false });
    signal.throwIfAborted();
    if (exitCode !== 0) return stderr.trim().split('\n').at(-1) ?? '';
    await rename(join(beside, 'clone'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return null;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** `100644 blob <id>\t<path>`; links (120000) and submodules (160000) are no files of the repository. */
function fileOfEntry(entry: string): { path: string; blob: string }[] {
  const [, blob, path] = /^100\d{3} blob ([0-9a-f]+)\t(.+)$/s.exec(entry) ?? [];
  return blob === undefined || path === undefined ? [] : [{ path, blob }];
}

/** One request for everything that is missing: asked one by one, each content costs a partial clone two requests. */
async function fetchMissing(folder: string, blobs: readonly string[]): Promise<void> {
  const promisors = await git(folder, ['config', '--get-regexp', String.raw`^remote\..*\.promisor$`], { elseNothing: true });
  const [, remote] = /^remote\.(.*)\.promisor true$/m.exec(promisors) ?? [];
  if (remote === undefined) return;
  const objects = await git(folder, ['rev-list', '--objects', '--missing=print', 'HEAD']);
  const missing = new Set(objects.match(/^\?[0-9a-f]+$/gm)?.map((line) => line.slice(1)));
  const wanted = blobs.filter((blob) => missing.has(blob));
  if (wanted.length === 0) return;
  const quiet = ['--quiet', '--upload-pack=git-upload-pack', '--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--filter=blob:none', '--stdin'];
  await git(folder, ['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', remote, ...quiet], { input: `${wanted.join('\n')}\n` });
}

async function* blobsOf(folder: string, blobs: readonly string[], largest: number): AsyncGenerator<BlobContent> {
  const child = execa('git', argumentsOf(folder, ['cat-file', '--batch', '--buffer']), {
    ...processOptions,
    input: blobs.map((blob) => `${blob}\n`).join(''),
    encoding: 'buffer',
    buffer: { stdout: false },
    reject: false,
  });
  try {
    yield* readBatch(child.stdout, largest);
  } finally {
    child.stdout.destroy();
    child.kill('SIGKILL');
    await child;
  }
}

interface GitOptions {
  input?: string;
  /** Nothing instead of an error where git refuses. */
  elseNothing?: boolean;
}

/** What git prints. Throws `invalid` with git's own words where it refuses. */
async function git(folder: string, args: string[], { input = '', elseNothing = false }: GitOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr, code } = await execa('git', argumentsOf(folder, args), { ...processOptions, input, reject: false });
  if (exitCode === 0) return stdout;
  if (code === 'ENOENT') throw classified('invalid', 'the program git was not found. Install git on the machine of the worker, and run again');
  if (elseNothing) return '';
  const [said = ''] = stderr.trim().split('\n').slice(-1);
  throw classified('invalid', `git cannot read the repository ${folder}: ${said}. Clone it again, or take it out of the folder`);
}

/** Proxies by which origins are reached; git itself knows these variables. */
const proxies = Object.entries(process.env).filter(([name]) => /^(https?|all|no)_proxy$/i.test(name));

const processOptions = {
  extendEnv: false,
  env: cleanEnvironment({
    ...Object.fromEntries(proxies),
    GIT_ALLOW_PROTOCOL: protocols,
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  }),
  stripFinalNewline: false,
} as const;

/**
 * A folder that belongs to somebody else is read as well, because no program that its configuration names is run: these
 * settings go before its own.
 */
function argumentsOf(folder: string, args: readonly string[]): string[] {
  const safe = ['safe.directory=*', 'core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.sshCommand=ssh', 'credential.helper='];
  const settings = [...safe, 'http.lowSpeedLimit=1000', 'http.lowSpeedTime=60'];
  return ['-C', folder, ...settings.flatMap((setting) => ['-c', setting]), ...args];
}
