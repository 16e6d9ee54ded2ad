import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '../../../plan/index.ts';
import { hasCode } from '../../../ports/failure.ts';
import type { StoredFile } from '../../../ports/store.ts';
import { tries, type BucketConnection } from './connection.ts';
import { orNull } from './failure.ts';

/** Hands the bytes of an object to `take`, again where the connection breaks on the way. null: there is no such object. */
export async function readObject<T>(
  { lib, client, bucket, prefix }: BucketConnection,
  key: string,
  take: (bytes: Readable) => Promise<T>,
): Promise<T | null> {
  for (let tried = 1; ; tried += 1) {
    const object = await orNull(client.send(new lib.GetObjectCommand({ Bucket: bucket, Key: prefix + key })));
    if (!object) return null;
    try {
      return await take(object.Body as Readable);
    } catch (error) {
      if (hasCode(error, 'ENOSPC') || tried === tries) throw error;
    }
  }
}

/** The SHA-256 of an object's bytes; null: there is no such object. */
export function hashObject(connection: BucketConnection, key: string): Promise<Digest | null> {
  return readObject(connection, key, async (bytes) => {
    const hash = createHash('sha256');
    await pipeline(bytes, hash);
    return hash.digest('hex');
  });
}

/** The first bytes of an object that has at least so many; none of one that does not exist. */
export async function readStart({ lib, client, bucket, prefix }: BucketConnection, key: string, bytes: number): Promise<Uint8Array> {
  const range = { Bucket: bucket, Key: prefix + key, Range: `bytes=0-${bytes - 1}` };
  const object = await orNull(client.send(new lib.GetObjectCommand(range)));
  return (await object?.Body?.transformToByteArray()) ?? new Uint8Array();
}

/** When an object was written, milliseconds since the epoch; null: there is no such object. */
export async function usedAt({ lib, client, bucket, prefix }: BucketConnection, key: string): Promise<number | null> {
  const object = await orNull(client.send(new lib.HeadObjectCommand({ Bucket: bucket, Key: prefix + key })));
  return object && timeOf(object);
}

/** Servers cut the time of writing to a second: the end of it, in milliseconds, so that nothing looks older than it is. */
function timeOf({ LastModified }: { LastModified?: Date | undefined }): number {
  return (LastModified?.getTime() ?? Date.now()) + 999;
}

/** The objects of a page whose keys start with `start`, and what the next one comes after; absent: this is the last. */
export async function listPage(
  { lib, client, bucket, prefix }: BucketConnection,
  start: string,
  after: string,
): Promise<{ objects: StoredFile[]; next?: string }> {
  const page = { Bucket: bucket, Prefix: prefix + start, ...(after !== '' && { ContinuationToken: after }) };
  const { Contents = [], NextContinuationToken: next } = await client.send(new lib.ListObjectsV2Command(page));
  const objects = Contents.map((each) => ({ file: (each.Key ?? '').slice(prefix.length), bytes: each.Size ?? 0, used: timeOf(each) }));
  return { objects, ...(next !== undefined && { next }) };
}

/** Keys that start with `start`, sorted. */
export async function listObjects({ lib, client, bucket, prefix }: BucketConnection, start: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of lib.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix + start }))
    keys.push(...Contents.map(({ Key = '' }) => Key.slice(prefix.length)));
  return keys.toSorted();
}

/** Names directly below a folder, whose key ends with a slash. */
export async function listFolder(
  { lib, client, bucket, prefix }: BucketConnection,
  folder: string,
): Promise<{ files: string[]; folders: string[] }> {
  const start = prefix + folder;
  const found = { files: [] as string[], folders: [] as string[] };
  for await (const page of lib.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: start, Delimiter: '/' })) {
    found.files.push(...(page.Contents ?? []).map(({ Key = '' }) => Key.slice(start.length)));
    found.folders.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix.slice(start.length, -1)));
  }
  return found;
}
