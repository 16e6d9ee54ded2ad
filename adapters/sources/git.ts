import { execa } from 'execa';
import type { BlobContent, Repositories } from '../../ports/repositories.ts';
import { readBatch } from './git-batch.ts';
import { cloneInto } from './git-clone.ts';
import { fetchMissing, headOf, keptBack } from './git-commit.ts';
import { argumentsOf, processOptions, unreadable, wordsIn } from './git-process.ts';

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

/** All of them: git says that one is missing where its file is damaged as well, and ends where it notices that in the middle of one. */
async function* blobsOf(folder: string, blobs: readonly string[], largest: number): AsyncGenerator<BlobContent> {
  const child = execa('git', argumentsOf(folder, ['cat-file', '--batch', '--buffer']), {
    ...processOptions,
    input: blobs.map((blob) => `${blob}\n`).join(''),
    encoding: 'buffer',
    buffer: { stdout: false },
    reject: false,
  });
  let read = 0;
  try {
    for await (const content of readBatch(child.stdout, largest)) {
      read += 1;
      yield content;
    }
  } finally {
    child.stdout.destroy();
    child.kill('SIGKILL');
    await child;
  }
  if (read === blobs.length) return;
  const { stderr } = await child;
  throw unreadable(folder, wordsIn(Buffer.from(stderr).toString()) ?? `the content ${blobs[read]} is missing`);
}
