import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Row } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import type { Digest } from '../../plan/index.ts';
import { decodeRows } from './artifacts.ts';
import { storedFiles } from './unused.ts';

/** How the files of rows begin: a zstd frame, or parquet. */
const beginnings = ['28b52ffd', '50415231'];

/** Every blob of a store that is a file of rows, whatever refers to it; one at a time is in memory. */
export async function* rowBlobs(store: Store): AsyncGenerator<{ digest: Digest; bytes: number; rows: Row[] }> {
  for await (const { file, bytes } of storedFiles(store.root, 'blobs')) {
    const digest = basename(file);
    if (!beginnings.includes(await beginningOf(join(store.root, file)))) continue;
    const rows = await store.getBytes(digest).then(decodeRows).catch(() => null);
    if (rows) yield { digest, bytes, rows };
  }
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('hex');
  } finally {
    await file.close();
  }
}
