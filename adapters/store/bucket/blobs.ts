import { join, relative } from 'node:path';
import type { Digest } from '../../../plan/index.ts';
import { dataLost } from '../../../plan/index.ts';
import type { ClassifiedError } from '../../../ports/failure.ts';
import type { Store } from '../../../ports/store.ts';
import { blobPath, damagedBlob, hashFile, missingBlob } from '../blobs.ts';
import { newTemporary, removeFile } from '../files.ts';
import { setObjectAside, type CopiedBucket } from './set-aside.ts';

type Blobs = Pick<Store, 'putBytes' | 'putFile' | 'getBytes' | 'pathOf' | 'has'>;

/** S3 copies larger objects only in parts, so that they are not renewed: `gc` goes by the time at which they were first written. */
const mostOfCopy = 5 * 2 ** 30;

/** The blobs of a bucket. `local` holds copies of those that this machine has written or read. */
export function openBucketBlobs(place: CopiedBucket, local: Blobs): Blobs {
  const { bucket, root } = place;
  const keyOf = (digest: Digest): string => relative(root, blobPath(root, digest));
  const coming = new Map<Digest, Promise<void>>();

  const download = async (digest: Digest): Promise<void> => {
    const path = newTemporary(join(root, 'tmp'));
    try {
      if (!(await bucket.download(keyOf(digest), path))) throw missingBlob(digest, bucket.url);
      const actual = await hashFile(path);
      if (actual !== digest) throw damagedBlob({ digest, actual, kept: await setObjectAside(place, keyOf(digest)) });
      await local.putFile(path);
    } finally {
      await removeFile(path);
    }
  };

  /** Takes from the copy on this machine, or, where there is none or a damaged one, from the bucket. */
  const take = async <T>(digest: Digest, ask: (digest: Digest) => Promise<T>): Promise<T> => {
    const copied = await ask(digest).catch((error: Partial<ClassifiedError>) => {
      if (error.class === dataLost) return null;
      throw error;
    });
    if (copied !== null) return copied;
    const transfer = coming.get(digest) ?? download(digest).finally(() => coming.delete(digest));
    coming.set(digest, transfer);
    await transfer;
    return ask(digest);
  };

  return {
    has: (digest) => bucket.has(keyOf(digest)),
    async putBytes(bytes) {
      const digest = await local.putBytes(bytes);
      while (!(await bucket.create(keyOf(digest), bytes)) && !(await bucket.renew(keyOf(digest))));
      return digest;
    },
    async putFile(path) {
      const file = await local.putFile(path);
      const isIn = file.bytes <= mostOfCopy ? bucket.renew : bucket.has;
      if (!(await isIn(keyOf(file.digest)))) await bucket.createOfFile(keyOf(file.digest), await local.pathOf(file.digest));
      return file;
    },
    getBytes: (digest) => take(digest, local.getBytes),
    pathOf: (digest) => take(digest, local.pathOf),
  };
}
