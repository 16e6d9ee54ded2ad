import { basename } from 'node:path';
import type { Row } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { digestOf } from '../../plan/keys.ts';
import type { Digest } from '../../plan/index.ts';
import { decodeRows } from './artifacts.ts';

/** How the files of rows begin: a zstd frame, or parquet. */
const beginnings = ['28b52ffd', '50415231'];
const lengthOfBeginning = 4;

/**
 * Every undamaged blob of a store that is a file of rows, whatever refers to it; one at a time is in memory. `onDamage` is called with each
 * file that begins as such and is damaged.
 */
export async function* rowBlobs(
  { files }: Pick<Store, 'files'>,
  onDamage: (file: string) => void = () => {},
): AsyncGenerator<{ digest: Digest; bytes: number; rows: Row[] }> {
  for await (const { file, bytes: size } of files.list('blobs')) {
    if (size < lengthOfBeginning) continue;
    const beginning = Buffer.from(await files.readStart(file, lengthOfBeginning)).toString('hex');
    const bytes = beginnings.includes(beginning) ? await files.read(file) : null;
    if (!bytes) continue;
    const isSound = digestOf(bytes) === basename(file);
    const rows = isSound ? await decodeRows(bytes).catch(() => null) : null;
    if (rows) yield { digest: basename(file), bytes: size, rows };
    if (!isSound) onDamage(file);
  }
}
