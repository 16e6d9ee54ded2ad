import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../../../ports/failure.ts';
import type { LedgerRange } from '../../../ports/ledger.ts';
import { listFiles, makeFolders, publishFile, readIfThere, writeTemporary } from '../files.ts';
import { segmentsIn } from '../ledger.ts';
import type { CopiedBucket } from './set-aside.ts';

/** The folder of the segments of the ledger that this machine has written and that may not be in the bucket yet. */
const folder = 'unsent';

/** Writes a segment to this machine, durably. */
export async function keepUnsent({ root }: CopiedBucket, name: string, bytes: Uint8Array): Promise<void> {
  await publishFile({ root, from: await writeTemporary(join(root, 'tmp'), bytes), to: join(root, folder, name) });
}

/** Puts a segment into the bucket; several may do that at once. */
export async function sendSegment({ bucket, root }: CopiedBucket, name: string): Promise<void> {
  const from = join(root, folder, name);
  const bytes = await readIfThere(from);
  if (!bytes) return;
  await bucket.create(`ledger/${name}`, bytes);
  const to = join(root, 'ledger', name);
  await makeFolders(root, dirname(to));
  await rename(from, to).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
}

/** Puts the segments into the bucket that may have origins in the range, or all, which a process has left that ended too early. */
export async function sendUnsent(place: CopiedBucket, range?: LedgerRange): Promise<void> {
  const unsent = join(place.root, folder);
  for (const name of await (range ? segmentsIn(unsent, range) : listFiles(unsent, ''))) await sendSegment(place, name);
}
