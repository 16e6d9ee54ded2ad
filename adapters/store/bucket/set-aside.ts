import { dirname, join } from 'node:path';
import { setAside } from '../damaged.ts';
import { makeFolders, removeFile } from '../files.ts';
import type { Bucket } from './bucket.ts';

/** A bucket with the folder of this machine that holds copies of its objects at the paths of their keys. */
export interface CopiedBucket {
  bucket: Bucket;
  root: string;
}

/** Moves a damaged object into the folder of damaged files on this machine, with a warning, and returns its path there. */
export async function setObjectAside(place: CopiedBucket, key: string): Promise<string> {
  const kept = await setAside(place.root, await bringObject(place, key));
  await place.bucket.remove(key);
  return kept;
}

/** Downloads an object in the place of its copy on this machine, and returns the path. */
export async function bringObject({ bucket, root }: CopiedBucket, key: string): Promise<string> {
  const path = join(root, key);
  await makeFolders(root, dirname(path));
  await removeFile(path);
  await bucket.download(key, path);
  return path;
}
