import type { Readable } from 'node:stream';
import { hasCode } from '../../../ports/failure.ts';
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
