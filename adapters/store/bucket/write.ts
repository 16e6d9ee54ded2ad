import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { tries, type BucketConnection } from './connection.ts';
import { hasStatus, orNull } from './failure.ts';

/** Larger files are uploaded in parts of this many bytes, of which four are in memory. */
const partBytes = 16 * 2 ** 20;
/** S3 takes so many parts of an object. */
const mostParts = 10_000;

interface NewObject {
  key: string;
  bytes: Uint8Array;
  /** Random name of who creates it, the same however often it is tried. */
  writer: string;
}

/** Creates an object unless there is one; of all who try, exactly one gets true. */
export async function createObject({ lib, client, bucket, prefix }: BucketConnection, { key, bytes, writer }: NewObject): Promise<boolean> {
  const place = { Bucket: bucket, Key: prefix + key };
  const object = { ...place, Body: bytes, IfNoneMatch: '*', Metadata: { writer } };
  if (await isCreated(() => client.send(new lib.PutObjectCommand(object)))) return true;
  // The first reply may have been lost: then a second request is refused because of its own first.
  const existing = await orNull(client.send(new lib.HeadObjectCommand(place)));
  return existing?.Metadata?.['writer'] === writer;
}

/** Copies an object onto itself, by which it counts as written now; false: there is no such object. */
export async function renewObject({ lib, client, bucket, prefix }: BucketConnection, key: string): Promise<boolean> {
  const source = [bucket, ...(prefix + key).split('/')].map(encodeURIComponent).join('/');
  const copy = { Bucket: bucket, Key: prefix + key, CopySource: source, MetadataDirective: 'REPLACE' } as const;
  return (await orNull(client.send(new lib.CopyObjectCommand(copy)))) !== null;
}

/** Creates an object with the bytes of a file of any size, unless there is one. The parts of an upload that is refused are deleted. */
export async function createObjectOfFile(connection: BucketConnection, key: string, path: string): Promise<void> {
  const { client, bucket, prefix } = connection;
  const { size } = await stat(path);
  if (size <= partBytes) return void (await createObject(connection, { key, bytes: await readFile(path), writer: '' }));
  const { Upload } = await import('@aws-sdk/lib-storage');
  const partSize = Math.max(partBytes, Math.ceil(size / mostParts));
  await isCreated(() => {
    const params = { Bucket: bucket, Key: prefix + key, Body: createReadStream(path), IfNoneMatch: '*' };
    return new Upload({ client, params, partSize, leavePartsOnError: false }).done();
  });
}

/** Makes a conditional request, again while another one for the same key is in progress. False: the object existed already. */
async function isCreated(send: () => Promise<unknown>): Promise<boolean> {
  for (let tried = 1; ; tried += 1) {
    try {
      await send();
      return true;
    } catch (error) {
      if (hasStatus(error, 412)) return false;
      if (!hasStatus(error, 409) || tried === tries) throw error;
      await sleep((50 + Math.random() * 50) * tried);
    }
  }
}
