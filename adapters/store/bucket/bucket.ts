import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { BucketPlace } from '../../../ports/configuration.ts';
import { connectBucket } from './connection.ts';
import { bucketFailure, orNull } from './failure.ts';
import { listFolder, listObjects, readObject } from './read.ts';
import { createObject, createObjectOfFile } from './write.ts';

/** The objects of a bucket below a prefix; keys are relative to it. Every failure is a ClassifiedError that names the bucket. */
export interface Bucket {
  /** `s3://bucket/prefix`. */
  readonly url: string;
  /** Creates an object unless there is one: of all who try, exactly one gets true. */
  create(key: string, bytes: Uint8Array): Promise<boolean>;
  /** The same with the bytes of a file of any size. */
  createOfFile(key: string, path: string): Promise<void>;
  /** Writes an object, over an existing one. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** null: there is no such object. */
  get(key: string): Promise<Uint8Array | null>;
  /** Writes an object into a file; false: there is no such object. */
  download(key: string, path: string): Promise<boolean>;
  has(key: string): Promise<boolean>;
  /** Deletes an object, if it exists. */
  remove(key: string): Promise<void>;
  /** Keys that start with the prefix, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Names directly below a folder, whose key ends with a slash. */
  entriesOf(folder: string): Promise<{ files: string[]; folders: string[] }>;
}

/** Opens a bucket; the first request shows whether it exists and may be used. */
export async function openBucket(place: BucketPlace): Promise<Bucket> {
  const { url } = place;
  const connection = await connectBucket(place);
  const { lib, client, bucket, prefix } = connection;
  const at = (key: string) => ({ Bucket: bucket, Key: prefix + key });
  const guard = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw bucketFailure(error, url);
    });
  return {
    url,
    create: (key, bytes) => guard(createObject(connection, key, bytes)),
    createOfFile: (key, path) => guard(createObjectOfFile(connection, key, path)),
    put: async (key, bytes) => void (await guard(client.send(new lib.PutObjectCommand({ ...at(key), Body: bytes })))),
    get: (key) => guard(readObject(connection, key, async (bytes) => Buffer.concat((await bytes.toArray()) as Uint8Array[]))),
    download: async (key, path) =>
      (await guard(readObject(connection, key, (bytes) => pipeline(bytes, createWriteStream(path)).then(() => true)))) !== null,
    has: async (key) => (await guard(orNull(client.send(new lib.HeadObjectCommand(at(key)))))) !== null,
    remove: async (key) => void (await guard(client.send(new lib.DeleteObjectCommand(at(key))))),
    list: (start) => guard(listObjects(connection, start)),
    entriesOf: (folder) => guard(listFolder(connection, folder)),
  };
}
