import { dirname, join } from 'node:path';
import { setAside } from '../damaged.ts';
import { makeFolders } from '../files.ts';
import type { Bucket } from './bucket.ts';

/** A bucket with the folder of this machine that holds copies of its objects at the paths of their keys. */
export interface CopiedBucket {
  bucket: Bucket;
  root: string;
}

/** Moves a damaged object into the folder of damaged files on this machine, and returns its path there. */
export async function setObjectAside({ bucket, root }: CopiedBucket, key: string): Promise<string> {
  const path = join(root, key);
  await makeFolders(root, dirname(path));
  await bucket.download(key, path);
  const kept = await setAside(root, path);
  await bucket.remove(key);
  return kept;
}
