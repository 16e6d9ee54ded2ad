import { join } from 'node:path';
import type { StoredFiles } from '../../../ports/store.ts';
import { moveAside } from '../damaged.ts';
import { removeFile } from '../files.ts';
import { bringObject, type CopiedBucket } from './set-aside.ts';

/** The objects of a store in a bucket. What is deleted is deleted from the copies of this machine as well. */
export function openBucketFiles(place: CopiedBucket): StoredFiles {
  const { bucket, root } = place;
  return {
    list: (folder) => bucket.objects(`${folder}/`),
    read: bucket.get,
    readStart: bucket.getStart,
    hash: bucket.hash,
    create: async (file, bytes) => void (await bucket.create(file, bytes)),
    async remove(file, before = Infinity) {
      const used = await bucket.used(file);
      if (used === null || used >= before) return false;
      await bucket.remove(file);
      await removeFile(join(root, file));
      return true;
    },
    async setAside(file) {
      await moveAside(root, await bringObject(place, file));
      await bucket.remove(file);
    },
  };
}
