import { readdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Store } from '../../ports/store.ts';
import { classified, hasCode } from '../../ports/failure.ts';
import { removeFile } from './files.ts';

/**
 * Deletes a run's records from a store: what it was started from, its state, and the files of its report. Results, answers and the plan do
 * not belong to a run and stay, and so does what is in folders of its folders. The run must have ended.
 */
export async function removeRun({ root, files }: Pick<Store, 'root' | 'files'>, run: string): Promise<void> {
  if (!/^[^/\\\0]{1,200}$/.test(run) || run === '.' || run === '..')
    throw classified('invalid', `${JSON.stringify(run)} cannot be the id of a run`);
  for (const folder of [`notes/runs/${run}`, `runs/${run}/report`, `runs/${run}`, `names/runs/${run}`]) {
    for await (const { file } of files.list(folder)) if (dirname(file) === folder) await files.remove(file);
    await removeOwnFiles(join(root, folder));
  }
}

/** Deletes the files of a folder of this machine, and the folder itself if there are no others in it. */
async function removeOwnFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => unless(error, ['ENOENT'], []));
  for (const entry of entries) if (!entry.isDirectory()) await removeFile(join(folder, entry.name));
  await rmdir(folder).catch((error: unknown) => unless(error, ['ENOENT', 'ENOTEMPTY', 'EEXIST'], undefined));
}

function unless<T>(error: unknown, codes: string[], instead: T): T {
  if (codes.some((code) => hasCode(error, code))) return instead;
  throw error;
}
