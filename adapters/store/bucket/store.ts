import type { BucketPlace } from '../../../ports/configuration.ts';
import { classified } from '../../../ports/failure.ts';
import type { Store } from '../../../ports/store.ts';
import { openFileStore } from '../file.ts';
import { checkFormat, formatBytes, idOfCopies, newStoreId, storeFormat } from '../format.ts';
import { openBucket, type Bucket } from './bucket.ts';
import { openBucketBlobs } from './blobs.ts';
import { openBucketLedger } from './ledger.ts';
import { openBucketNames } from './names.ts';
import { openBucketFiles } from './stored-files.ts';
import { sendUnsent } from './unsent.ts';

/** The object that makes a bucket a store; its key is the name of the file that makes a folder one. */
const formatKey = 'FORMAT';

/** Opens the store in a bucket. The folder `root` holds copies of what this machine needs of it, and all that processes work with. */
export async function openBucketStore({ root, bucket: place }: { root: string; bucket: BucketPlace }): Promise<Store> {
  const bucket = await openBucket(place);
  const id = await idOfBucket(bucket, root);
  const local = await openFileStore({ root, copyOf: { id, bucket: bucket.url } });
  if (local.id !== id)
    throw classified(
      'invalid',
      `the folder ${local.root} belongs to another store than ${bucket.url}: its id is ${local.id}, not ${id}. Name an empty folder as the store in the configuration`,
    );
  const copied = { bucket, root: local.root };
  await sendUnsent(copied);
  return {
    id,
    root: local.root,
    bucket: bucket.url,
    ledger: openBucketLedger(copied),
    files: openBucketFiles(copied),
    ...openBucketBlobs(copied, local),
    ...openBucketNames(copied),
    damaged: local.damaged,
    scratch: local.scratch,
    assertSpace: local.assertSpace,
  };
}

/** Whether the bucket holds a store. */
export async function hasBucketStore(place: BucketPlace): Promise<boolean> {
  return (await (await openBucket(place)).get(formatKey)) !== null;
}

/**
 * The id of the store in a bucket, which is made a store if it is none yet. If it no longer says that it is one, it keeps the id that the
 * folder `root` knows, so that the folders of its machines still belong to it.
 */
async function idOfBucket(bucket: Bucket, root: string): Promise<string> {
  const known = (await bucket.get(formatKey)) ?? (await makeFormat(bucket, (await idOfCopies(root, bucket.url)) ?? newStoreId()));
  const { id, format } = checkFormat(known ?? new Uint8Array(), { path: `${bucket.url}/${formatKey}`, root: bucket.url, inBucket: true });
  if (format < storeFormat) await bucket.put(formatKey, formatBytes({ id }));
  return id;
}

/** Makes the format object, unless somebody else is faster, and returns what it holds. */
async function makeFormat(bucket: Bucket, id: string): Promise<Uint8Array | null> {
  const made = formatBytes({ id });
  if (!(await bucket.create(formatKey, made))) return bucket.get(formatKey);
  if (!(await bucket.create(formatKey, made))) return made;
  await bucket.remove(formatKey);
  throw classified(
    'invalid',
    `the server of ${bucket.url} overwrites objects although it is asked not to (If-None-Match: *), so several writers would lose results. Use a server that knows conditional writes`,
  );
}
