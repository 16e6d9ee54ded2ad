import { execa } from 'execa';
import type { BlobContent, Repositories } from '../../ports/repositories.ts';
import { readBatch } from './git-batch.ts';
import { cloneInto } from './git-clone.ts';
import { fetchMissing, headOf, keptBack } from './git-commit.ts';
import { argumentsOf, processOptions } from './git-process.ts';

interface RepositoriesOptions {
  /** Milliseconds before each further try to clone. Default 5 and 30 seconds. */
  pauses?: readonly number[];
}

/** Repositories on this machine, by the program git. */
export function createRepositories({ pauses = [5000, 30_000] }: RepositoriesOptions = {}): Repositories {
  return {
    clone: (url, folder, options) => cloneInto(url, folder, { ...options, pauses }),
    head: headOf,
    async *contents(folder, blobs, { largest, signal }) {
      const problem = await fetchMissing(folder, blobs, signal);
      if (problem !== null) throw keptBack(folder, problem);
      yield* blobsOf(folder, blobs, largest);
    },
  };
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
