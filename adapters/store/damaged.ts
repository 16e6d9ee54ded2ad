import { rename } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { hasCode } from '../../ports/failure.ts';
import { listFiles, makeFolders, syncFolder } from './files.ts';

const folder = 'damaged';

/** Moves a damaged file of a store aside, with a warning, and returns its new path; a file that no longer exists is ignored. */
export async function setAside(root: string, path: string): Promise<string> {
  const { to, moved } = await moveAside(root, path);
  if (moved)
    warnOfDamage(root, relative(root, path), `it, or something it names, cannot be read. It is now ${to}; what it held is made again`);
  return to;
}

/** The same without the warning; `moved` is false for a file that no longer exists. */
export async function moveAside(root: string, path: string): Promise<{ to: string; moved: boolean }> {
  const to = join(root, folder, relative(root, path));
  await makeFolders(root, dirname(to));
  try {
    await rename(path, to);
    await syncFolder(dirname(path));
    return { to, moved: true };
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return { to, moved: false };
  }
}

/** Warns on standard error, in a worker its log, that a file of a store is damaged. */
export function warnOfDamage(root: string, name: string, what: string): void {
  process.emitWarning(`damage in ${name} of the store ${root}: ${what}`, { type: 'DamagedFile' });
}

/** Paths in the store of files that were set aside. */
export function listDamaged(root: string): Promise<string[]> {
  return listFiles(join(root, folder), '');
}
