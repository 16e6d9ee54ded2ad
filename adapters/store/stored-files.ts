import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../ports/failure.ts';
import type { StoredFiles } from '../../ports/store.ts';
import { hashFile } from './blobs.ts';
import { moveAside } from './damaged.ts';
import { publishFile, readIfThere, writeTemporary } from './files.ts';
import { removeUnused, storedFiles } from './unused.ts';

/** The files in the folder of a store; of a store in a bucket, those that only this machine has. */
export function openStoredFiles(root: string): StoredFiles {
  return {
    list: (folder) => storedFiles(root, folder),
    read: (file) => readIfThere(join(root, file)),
    readStart: (file, bytes) => readStart(join(root, file), bytes),
    hash: (file) => hashFile(join(root, file)).catch(nullIfMissing),
    create: async (file, bytes) =>
      void (await publishFile({ root, from: await writeTemporary(join(root, 'tmp'), bytes), to: join(root, file) })),
    remove: (file, before = Infinity) => removeUnused(root, file, before),
    setAside: async (file) => void (await moveAside(root, join(root, file))),
  };
}

async function readStart(path: string, bytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    return (await file.read(Buffer.alloc(bytes), 0, bytes, 0)).buffer;
  } finally {
    await file.close();
  }
}

function nullIfMissing(error: unknown): null {
  if (hasCode(error, 'ENOENT')) return null;
  throw error;
}
