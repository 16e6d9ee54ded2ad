import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '../../../plan/index.ts';
import type { BucketPlace } from '../../../ports/configuration.ts';
import type { StoredFile } from '../../../ports/store.ts';
import { connectBucket } from './connection.ts';
import { createPatience } from './patience.ts';
import { hashObject, listFolder, listObjects, listPage, readObject, readStart, usedAt } from './read.ts';
import { createObject, createObjectOfFile, renewObject } from './write.ts';

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
  /** The first bytes of an object that has at least so many. */
  getStart(key: string, bytes: number): Promise<Uint8Array>;
  /** The SHA-256 of an object's bytes; null: there is no such object. */
  hash(key: string): Promise<Digest | null>;
  /** Writes an object into a file; false: there is no such object. */
  download(key: string, path: string): Promise<boolean>;
  has(key: string): Promise<boolean>;
  /** When an object was written or last renewed, milliseconds since the epoch; null: there is no such object. */
  used(key: string): Promise<number | null>;
  /** Marks an object as written now; false: there is no such object. */
  renew(key: string): Promise<boolean>;
  /** Deletes an object, if it exists. */
  remove(key: string): Promise<void>;
  /** Keys that start with the prefix, sorted. */
  list(prefix: string): Promise<string[]>;
  /** The objects whose keys start with the prefix, of which one page is in memory at a time. */
  objects(prefix: string): AsyncIterable<StoredFile>;
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
  const used = (key: string): Promise<number | null> => patiently(() => usedAt(connection, key));
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
    getStart: (key, bytes) => patiently(() => readStart(connection, key, bytes)),
    hash: (key) => patiently(() => hashObject(connection, key)),
    has: async (key) => (await used(key)) !== null,
    used,
    renew: (key) => patiently(() => renewObject(connection, key)),
    remove: async (key) => void (await patiently(() => client.send(new lib.DeleteObjectCommand(at(key))))),
    list: (start) => patiently(() => listObjects(connection, start)),
    async *objects(start) {
      for (let after: string | undefined = ''; after !== undefined; ) {
        const from: string = after;
        const page = await patiently(() => listPage(connection, start, from));
        yield* page.objects;
        after = page.next;
      }
    },
    entriesOf: (folder) => patiently(() => listFolder(connection, folder)),
  };
}
