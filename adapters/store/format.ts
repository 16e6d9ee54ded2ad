import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { classified } from '../../ports/failure.ts';
import { isThere, linkOnce, readIfThere, removeFile, syncFolder, writeTemporary } from './files.ts';
import { checksumOf } from './seal.ts';

/**
 * 1: the ledger has segments of version 1 only. 2: of both versions. 3: names may end with a checksum. 4: notes may as well, and the format
 * file has one. Opening a store upgrades it to 4.
 */
export const storeFormat = 4;

interface StoreFormat {
  format: number;
  id: string;
  /** URL of the bucket that a folder holds copies of; absent: the folder is the store itself. */
  bucket?: string;
}

interface FormatPlace {
  path: string;
  root: string;
  inBucket?: boolean;
}

const abandonedAfter = 24 * 60 * 60 * 1000;

/** Creates what is missing, checks the format and returns the store's id. `copyOf`: the store in a bucket that the folder has copies of. */
export async function prepareStore(root: string, temporary: string, copyOf?: { id: string; bucket: string }): Promise<string> {
  await mkdir(temporary, { recursive: true });
  await removeAbandoned(temporary);
  const path = join(root, 'FORMAT');
  if (!(await isThere(path))) {
    const from = await writeTemporary(temporary, formatBytes(copyOf ?? { id: newStoreId() }));
    await linkOnce(from, path).finally(() => removeFile(from));
  }
  const found = checkFormat((await readIfThere(path)) ?? new Uint8Array(), { path, root });
  if (found.bucket !== undefined && !copyOf)
    throw classified(
      'invalid',
      `the folder ${root} only has copies of what is in ${found.bucket}. Name the bucket in the configuration, or another folder as the store`,
    );
  if (found.format < storeFormat) {
    await rename(await writeTemporary(temporary, formatBytes(found)), path);
    await syncFolder(root);
  }
  return found.id;
}

/** A random identity for a store that is made. */
export function newStoreId(): string {
  return randomBytes(8).toString('hex');
}

/** The content of a format file of today. */
export function formatBytes({ id, bucket }: Omit<StoreFormat, 'format'>): Uint8Array {
  const said = { format: storeFormat, id, ...(bucket !== undefined && { bucket }) };
  return new TextEncoder().encode(`${JSON.stringify({ ...said, crc32: checksumOfFormat(said) })}\n`);
}

/** The id of the store in a bucket that a folder has copies of; null: it has none of that bucket. */
export async function idOfCopies(root: string, bucket: string): Promise<string | null> {
  const path = join(root, 'FORMAT');
  const bytes = await readIfThere(path);
  const found = bytes && checkFormat(bytes, { path, root });
  return found && found.bucket === bucket ? found.id : null;
}

/**
 * What a format file says; throws a ClassifiedError if it is another file, damaged, or of a newer codepmp. `root` names the store;
 * `inBucket`: the file is an object of the bucket itself.
 */
export function checkFormat(bytes: Uint8Array, { path, root, inBucket = false }: FormatPlace): StoreFormat {
  const restore = restoreOf(inBucket);
  const text = new TextDecoder().decode(bytes);
  const found = parseFormat(text);
  if (!found)
    throw classified(
      'invalid',
      `${path} is not the format file of a store: expected {"format":${storeFormat},"id":"…"}, got ${JSON.stringify(text.slice(0, 80))}. Name another folder as the store, or ${restore}`,
    );
  const { crc32, ...said } = found;
  const isSealed = crc32 !== undefined || found.format === storeFormat;
  if (isSealed && crc32 !== checksumOfFormat(said))
    throw classified('invalid', `${path} is damaged: its checksum is wrong. Either ${restore}`);
  if (found.format > storeFormat)
    throw classified(
      'invalid',
      `the store ${root} has format ${found.format}, this codepmp reads formats up to ${storeFormat}. Use the newer codepmp that wrote it, or another folder`,
    );
  return said;
}

function restoreOf(inBucket: boolean): string {
  const where = inBucket ? ' on a machine whose folder is already one of this store' : '';
  const what = inBucket ? 'writes it again with the id that the folder knows' : 'writes another one';
  return `restore this file from a backup, or, if no run of the store is in progress, delete it: the next run${where} ${what}, and finds all results and answers`;
}

function checksumOfFormat({ format, id, bucket }: StoreFormat): string {
  return checksumOf(Buffer.from(JSON.stringify([format, id, bucket])));
}

function parseFormat(text: string): (StoreFormat & { crc32?: string }) | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('format' in value) || !('id' in value)) return null;
    const { format: number, id } = value;
    const bucket = 'bucket' in value && typeof value.bucket === 'string' ? { bucket: value.bucket } : {};
    const sealed = 'crc32' in value && typeof value.crc32 === 'string' ? { crc32: value.crc32 } : {};
    const isFormat = Number.isInteger(number) && typeof number === 'number' && number >= 1 && typeof id === 'string';
    return isFormat ? { format: number, id, ...bucket, ...sealed } : null;
  } catch {
    return null;
  }
}

async function removeAbandoned(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    const state = await stat(path).catch(() => null);
    if (state && Date.now() - state.ctimeMs > abandonedAfter) await removeFile(path);
  }
}
