import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { BucketPlace } from '../../../ports/configuration.ts';
import { connectBucket } from './connection.ts';
import { orNull } from './failure.ts';
import { createPatience } from './patience.ts';
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
  const patiently = createPatience(url);
  return {
    url,
    create: (key, bytes) => {
      const writer = randomBytes(8).toString('hex');
      return patiently(() => createObject(connection, { key, bytes, writer }));
    },
    createOfFile: (key, path) => patiently(() => createObjectOfFile(connection, key, path)),
    put: async (key, bytes) => void (await patiently(() => client.send(new lib.PutObjectCommand({ ...at(key), Body: bytes })))),
    get: (key) => patiently(() => readObject(connection, key, async (bytes) => Buffer.concat((await bytes.toArray()) as Uint8Array[]))),
    download: async (key, path) =>
      (await patiently(() => readObject(connection, key, (bytes) => pipeline(bytes, createWriteStream(path)).then(() => true)))) !== null,
    has: async (key) => (await patiently(() => orNull(client.send(new lib.HeadObjectCommand(at(key)))))) !== null,
    remove: async (key) => void (await patiently(() => client.send(new lib.DeleteObjectCommand(at(key))))),
    list: (start) => patiently(() => listObjects(connection, start)),
    entriesOf: (folder) => patiently(() => listFolder(connection, folder)),
  };
}
