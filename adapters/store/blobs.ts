import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, constants, copyFile, link, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { classified, hasCode, type ClassifiedError } from '../../ports/failure.ts';
import type { Store } from '../../ports/store.ts';
import { dataLost, type Digest } from '../../plan/index.ts';
import { digestOf } from '../../plan/keys.ts';
import { setAside } from './damaged.ts';
import { renewFile } from './unused.ts';
import { isThere, newTemporary, publishFile, readIfThere, removeFile, syncFolder, writeTemporary } from './files.ts';

/** The store's blobs: files named by the SHA-256 of their bytes, which is checked on every read. */
export function openBlobs(options: {
  root: string;
  temporary: string;
}): Pick<Store, 'putBytes' | 'putFile' | 'getBytes' | 'pathOf' | 'has'> {
  const { root, temporary } = options;
  const checked = new Map<Digest, string>();
  const place = (digest: Digest): string => blobPath(root, digest);

  return {
    has: (digest) => isThere(place(digest)),

    async putBytes(bytes) {
      const digest = digestOf(bytes);
      const to = place(digest);
      const before = await readIfThere(to);
      const isSame = before !== null && Buffer.compare(before, bytes) === 0;
      if (isSame && (await renewFile(to))) {
        await syncFolder(dirname(to));
        return digest;
      }
      if (before && !isSame) await setAside(root, to);
      await publishFile({ root, from: await writeTemporary(temporary, bytes), to });
      return digest;
    },

    async putFile(path) {
      const from = newTemporary(temporary);
      try {
        await takeFile(path, from);
        const [digest, { size }] = await Promise.all([hashFile(from), stat(from)]);
        const to = place(digest);
        if ((await isThere(to)) && (await hashFile(to)) !== digest) await setAside(root, to);
        if (await renewFile(to)) await syncFolder(dirname(to));
        else await publishFile({ root, from, to });
        return { digest, bytes: size };
      } finally {
        await removeFile(from);
      }
    },

    async getBytes(digest) {
      const bytes = await readIfThere(place(digest));
      if (!bytes) throw missingBlob(digest, root);
      const actual = digestOf(bytes);
      if (actual !== digest) throw damagedBlob({ digest, actual, kept: await setAside(root, place(digest)) });
      return bytes;
    },

    async pathOf(digest) {
      const path = place(digest);
      if (!(await isThere(path))) throw missingBlob(digest, root);
      const { ino, size, mtimeMs } = await stat(path);
      const state = `${ino} ${size} ${mtimeMs}`;
      if (checked.get(digest) === state) return path;
      const actual = await hashFile(path);
      if (actual !== digest) throw damagedBlob({ digest, actual, kept: await setAside(root, path) });
      checked.set(digest, state);
      return path;
    },
  };
}

/** Absolute path of a blob for a reader that does without a check; of a store in a bucket, it is downloaded first. */
export async function uncheckedPathOf(store: Pick<Store, 'root' | 'bucket' | 'pathOf'>, digest: Digest): Promise<string> {
  return store.bucket === null ? blobPath(store.root, digest) : store.pathOf(digest);
}

/** Absolute path of a blob in the store at `root`; whether it is there and whole is not checked. */
export function blobPath(root: string, digest: Digest): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Error(`not a digest: ${JSON.stringify(digest)}`);
  return join(root, 'blobs', digest.slice(0, 2), digest);
}

/** Adopts a file under a new path, durably: by link(2), or by a copy across file systems. */
async function takeFile(from: string, to: string): Promise<void> {
  await link(from, to).catch(async (error: unknown) => {
    const copies = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'];
    if (!copies.some((code) => hasCode(error, code))) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  });
  await chmod(to, 0o444);
  await renewFile(to);
  const file = await open(to, 'r');
  await file.sync().finally(() => file.close());
}

/** SHA-256 of the bytes of a file. */
export async function hashFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** The error of a blob that the store at `place`, a folder or a bucket, does not have. */
export function missingBlob(digest: Digest, place: string): ClassifiedError {
  return classified(dataLost, `blob ${digest} is missing in the store ${place}. Run the pipeline again: what made it runs again`, {
    name: 'BlobMissing',
  });
}

/** The error of a blob whose bytes have another hash; `kept` is the path that they were moved to. */
export function damagedBlob({ digest, actual, kept }: { digest: Digest; actual: Digest; kept: string }): ClassifiedError {
  const message = `blob ${digest} was damaged: its bytes hash to ${actual}. They are now in ${kept}. Run the pipeline again: what made it runs again`;
  return classified(dataLost, message, { name: 'BlobDamaged' });
}
