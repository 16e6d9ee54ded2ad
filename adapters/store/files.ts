import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { hasCode } from '../../ports/failure.ts';

/** Writes a new file in the folder `temporary`, durably, and returns its path. */
export async function writeTemporary(temporary: string, bytes: Uint8Array): Promise<string> {
  const path = newTemporary(temporary);
  const file = await open(path, 'wx', 0o444);
  try {
    await file.writeFile(bytes);
    await file.sync();
    return path;
  } catch (error) {
    await removeFile(path);
    throw error;
  } finally {
    await file.close();
  }
}

/** A path in the folder `temporary` that nobody else uses. */
export function newTemporary(temporary: string): string {
  return join(temporary, `${process.pid}-${randomBytes(8).toString('hex')}`);
}

/** Moves a finished file to its final name below `root` by `linkOnce`, creating folders; false if the name is already taken. */
export async function publishFile(options: { root: string; from: string; to: string }): Promise<boolean> {
  const { root, from, to } = options;
  try {
    await makeFolders(root, dirname(to));
    return await linkOnce(from, to);
  } finally {
    await removeFile(from);
  }
}

/**
 * Gives a finished file its final name by link(2), so that exactly one of many callers wins and nothing is ever overwritten; false for the
 * others. Durable in either case: the folder is synced.
 */
export async function linkOnce(from: string, to: string): Promise<boolean> {
  const won = await link(from, to).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    },
  );
  await syncFolder(dirname(to));
  return won;
}

/** Creates a folder and its parents, durably; `root` must exist. */
export async function makeFolders(root: string, folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.startsWith(root + sep); made = dirname(made)) await syncFolder(dirname(made));
}

/** Syncs a folder's entries to disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The bytes of a file, or null if there is none. */
export async function readIfThere(path: string): Promise<Uint8Array | null> {
  return readFile(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  });
}

/** Whether the path exists. */
export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
      throw error;
    },
  );
}

/** Removes a file; one that no longer exists is ignored. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
}

/** Paths of the files below `folder` relative to it, with `/`, that start with the prefix; sorted. */
export async function listFiles(folder: string, prefix: string): Promise<string[]> {
  const start = prefix.includes('/') ? prefix.slice(0, prefix.lastIndexOf('/')) : '';
  const entries = await readdir(join(folder, start), { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1).split(sep).join('/'))
    .filter((name) => name.startsWith(prefix))
    .toSorted();
}
