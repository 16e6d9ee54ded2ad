import { constants, copyFile, chmod, mkdir, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../../ports/failure.ts';
import type { ArtifactShard } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { CommandFailure } from '../terminal/failure.ts';

/** Makes a new folder as a whole: it appears under its path when `fill` has ended. An existing folder must be empty. */
export async function newFolder(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const existing = await readdir(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw new CommandFailure(`${path} is not a folder that can be written to. Name a new one`);
  });
  if (existing && existing.length > 0) throw new CommandFailure(`${path} is not empty. Name a new folder, or delete this one first`);
  await mkdir(dirname(path), { recursive: true });
  const made = await mkdtemp(join(dirname(path), `.${basename(path)}-`));
  try {
    await fill(made);
    await chmod(made, 0o755);
    if (existing) await rmdir(path);
    await rename(made, path);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    throw error;
  }
}

/** Copies a file of an artifact; a file system that can share the bytes of both stores them once. */
export async function copyShard(store: Store, { digest }: Pick<ArtifactShard, 'digest'>, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(await store.pathOf(digest), to, constants.COPYFILE_FICLONE);
  await chmod(to, 0o644);
}
