import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { unlessAborted } from '../unless-aborted.ts';
import { fetchMissing, headOf } from './git-commit.ts';
import { askGit, asking } from './git-process.ts';

interface CloneOptions {
  /** Whether the contents of a path are fetched. */
  wanted: (path: string) => boolean;
  signal: AbortSignal;
  /** Milliseconds before each further try. */
  pauses: readonly number[];
}

/** What git says of a repository that a further try does not find either. */
const refused = /repository '.*' not found|could not read Username|Authentication failed|returned error: 4(0[14]|10|51)/;

/** Clones as the port says it. What fails by the network or the server is tried again. */
export async function cloneInto(url: string, folder: string, options: CloneOptions): Promise<string | null> {
  const { signal, pauses: [pause, ...pauses] } = options;
  if (existsSync(folder)) return null;
  const problem = await cloneOnce(url, folder, options);
  if (problem === null || pause === undefined || refused.test(problem)) return problem;
  await unlessAborted(setTimeout(pause), signal);
  return cloneInto(url, folder, { ...options, pauses });
}

/** The folder has its name once the clone and the contents are whole. */
async function cloneOnce(url: string, folder: string, { wanted, signal }: CloneOptions): Promise<string | null> {
  await mkdir(dirname(folder), { recursive: true });
  const beside = await mkdtemp(`${folder}.part-`);
  try {
    const options = ['--quiet', '--bare', '--depth=1', '--single-branch', '--no-tags', '--filter=blob:none'];
    const said = await askGit(beside, ['clone', ...options, '--', url, 'clone'], { env: asking, signal });
    if ('problem' in said) return said.problem;
    const clone = join(beside, 'clone');
    const blobs = (await headOf(clone))?.files.filter(({ path }) => wanted(path)).map(({ blob }) => blob) ?? [];
    const problem = await fetchMissing(clone, blobs, signal);
    if (problem !== null) return problem;
    await rename(clone, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return null;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
