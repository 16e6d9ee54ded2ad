import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, constants, copyFile, link, mkdir, open, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ClassifiedError, Store } from '../activities/ports.ts';
import type { Digest } from '../plan/index.ts';
import { digestOf } from '../plan/keys.ts';
import { classified, diskFull, hasCode, orDiskFull } from './errors.ts';
import { isThere, linkOnce, listFiles, makeFolders, readIfThere, removeFile, syncFolder, writeTemporary } from './files.ts';
import { openLedger } from './ledger.ts';
import { readSpace } from './space.ts';
import { prepareStore } from './store-format.ts';

export interface FileStoreOptions {
  /** Folder of the store; made with its parents when missing. */
  root: string;
  /** Bytes that must stay free; default: 64 MiB, on a small file system a fifth of it. */
  reserve?: number;
}

/** Opens the store in a folder, making it first where there is none. Any number of processes may have it open. */
export async function openFileStore(options: FileStoreOptions): Promise<Store> {
  const root = resolve(options.root);
  const temporary = join(root, 'tmp');
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw orDiskFull(error, root);
    });
  const id = await guard(prepareStore(root, temporary));
  const checked = new Map<Digest, string>();

  const blobPath = (digest: Digest): string => {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new Error(`not a digest: ${JSON.stringify(digest)}`);
    return join(root, 'blobs', digest.slice(0, 2), digest);
  };

  const publishFile = async (from: string, to: string): Promise<boolean> => {
    try {
      await makeFolders(root, join(to, '..'));
      return await linkOnce(from, to);
    } finally {
      await removeFile(from);
    }
  };

  const putBytes = async (bytes: Uint8Array): Promise<Digest> => {
    const digest = digestOf(bytes);
    const path = blobPath(digest);
    if (await isThere(path)) await syncFolder(join(path, '..'));
    else await publishFile(await writeTemporary(temporary, bytes), path);
    return digest;
  };

  const putFile = async (path: string): Promise<{ digest: Digest; bytes: number }> => {
    const taken = join(temporary, `${process.pid}-${randomBytes(8).toString('hex')}`);
    await takeFile(path, taken);
    const [digest, { size }] = await Promise.all([hashFile(taken), stat(taken)]);
    await publishFile(taken, blobPath(digest));
    return { digest, bytes: size };
  };

  const getBytes = async (digest: Digest): Promise<Uint8Array> => {
    const bytes = await readIfThere(blobPath(digest));
    if (!bytes) throw missing(digest, root);
    const actual = digestOf(bytes);
    if (actual !== digest) throw damaged({ digest, actual, path: blobPath(digest) });
    return bytes;
  };

  const pathOf = async (digest: Digest): Promise<string> => {
    const path = blobPath(digest);
    if (!(await isThere(path))) throw missing(digest, root);
    const { ino, size, mtimeMs } = await stat(path);
    const state = `${ino} ${size} ${mtimeMs}`;
    if (checked.get(digest) === state) return path;
    const actual = await hashFile(path);
    if (actual !== digest) throw damaged({ digest, actual, path });
    checked.set(digest, state);
    return path;
  };

  const publish = async (name: string, bytes: Uint8Array): Promise<{ won: boolean; bytes: Uint8Array }> => {
    const path = namePath(root, 'names', name);
    const before = await readIfThere(path);
    if (before) return { won: false, bytes: before };
    const won = await publishFile(await writeTemporary(temporary, bytes), path);
    return { won, bytes: won ? bytes : ((await readIfThere(path)) ?? bytes) };
  };

  const note = async (name: string, bytes: Uint8Array): Promise<void> => {
    const path = namePath(root, 'notes', name);
    const from = await writeTemporary(temporary, bytes);
    await mkdir(join(path, '..'), { recursive: true });
    await rename(from, path);
  };

  const scratch = async (name: string): Promise<string> => {
    const path = namePath(root, 'jobs', name);
    await makeFolders(root, path);
    return path;
  };

  const space = () => readSpace(root, options.reserve);

  return {
    id,
    root,
    ledger: openLedger({ folder: join(root, 'ledger'), root }),
    putBytes: (bytes) => guard(putBytes(bytes)),
    putFile: (path) => guard(putFile(path)),
    getBytes,
    pathOf,
    has: (digest) => isThere(blobPath(digest)),
    publish: (name, bytes) => guard(publish(name, bytes)),
    read: (name) => readIfThere(namePath(root, 'names', name)),
    list: (prefix) => listFiles(join(root, 'names'), prefix),
    note: (name, bytes) => guard(note(name, bytes)),
    readNote: (name) => readIfThere(namePath(root, 'notes', name)),
    listNotes: (prefix) => listFiles(join(root, 'notes'), prefix),
    scratch: (name) => guard(scratch(name)),
    space,
    assertSpace: async () => {
      const { free, reserve } = await space();
      if (free < reserve) throw diskFull({ where: root, detail: `${free} bytes are free, ${reserve} must stay free` });
    },
  };
}

/** Takes over a file's bytes under a new path, durably: by link(2), across file systems by a copy. */
async function takeFile(from: string, to: string): Promise<void> {
  await link(from, to).catch(async (error: unknown) => {
    const copies = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'];
    if (!copies.some((code) => hasCode(error, code))) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  });
  await chmod(to, 0o444);
  const file = await open(to, 'r');
  await file.sync().finally(() => file.close());
}

async function hashFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Path of a name below one of the store's folders; names can not leave it. */
function namePath(root: string, folder: string, name: string): string {
  const parts = name.split('/');
  const bad = parts.find((part) => part === '' || part === '.' || part === '..' || part.includes('\0') || part.length > 200);
  if (bad !== undefined)
    throw classified({
      class: 'invalid',
      message: `${JSON.stringify(name)} can not be a name in the store: the part ${JSON.stringify(bad)} is empty, a dot, or longer than 200 characters`,
    });
  return join(root, folder, ...parts);
}

function missing(digest: Digest, root: string): ClassifiedError {
  return classified({
    class: 'invalid',
    name: 'BlobMissing',
    message: `blob ${digest} is not in the store ${root}. Restore the store from a copy, or remove the results that name it and run again`,
  });
}

function damaged(options: { digest: Digest; actual: Digest; path: string }): ClassifiedError {
  const { digest, actual, path } = options;
  return classified({
    class: 'invalid',
    name: 'BlobDamaged',
    message: `blob ${digest} is damaged: its bytes hash to ${actual}. Remove ${path} and run again: it is made anew where it can be`,
  });
}
