import { link, readdir, rename, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../ports/failure.ts';
import type { StoredFile } from '../../ports/store.ts';
import { listFiles, newTemporary, removeFile } from './files.ts';

/** Files below a folder of a store, a folder of it at a time, so that few of many names are in memory. */
export async function* storedFiles(root: string, folder: string): AsyncGenerator<StoredFile> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    const files = entry.isDirectory() ? (await listFiles(join(root, path), '')).map((name) => `${path}/${name}`) : [path];
    for (const file of files) {
      const state = await stateOf(join(root, file));
      if (state) yield { file, ...state };
    }
  }
}

/**
 * Deletes a file of a store unless it has been used since `before`; false if it stays. A writer that finds the file first renews it, and
 * one that comes too late writes it anew, so nothing is lost between the two.
 */
export async function removeUnused(root: string, file: string, before: number): Promise<boolean> {
  const path = join(root, file);
  const state = await stateOf(path);
  if (!state || state.used >= before) return false;
  const aside = newTemporary(join(root, 'tmp'));
  if (!(await isMoved(path, aside))) return false;
  const isUsed = ((await stateOf(aside))?.used ?? 0) >= before;
  if (isUsed)
    await link(aside, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  await removeFile(aside);
  return !isUsed;
}

/** Marks a file as used now, where this user may; false if there is none. */
export async function renewFile(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(() => true, (error: unknown) => hasCode(error, 'EPERM') || orMissing(error));
}

function isMoved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(() => true, orMissing);
}

async function stateOf(path: string): Promise<Omit<StoredFile, 'file'> | null> {
  const state = await stat(path).catch(orMissing);
  return state ? { bytes: state.size, used: state.mtimeMs } : null;
}

function orMissing(error: unknown): false {
  if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
  throw error;
}
