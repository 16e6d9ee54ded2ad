import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../../ports/store.ts';
import { classified } from '../../ports/failure.ts';

/**
 * Deletes a run's records from a store: what it was started from, its state, and the files of its report. Results, answers and the plan do
 * not belong to a run and stay. The run must have ended.
 */
export async function removeRun({ root, files }: Pick<Store, 'root' | 'files'>, run: string): Promise<void> {
  if (!/^[^/\\\0]{1,200}$/.test(run) || run === '.' || run === '..')
    throw classified('invalid', `${JSON.stringify(run)} cannot be the id of a run`);
  for (const folder of [`notes/runs/${run}`, `runs/${run}`, `names/runs/${run}`]) {
    for await (const { file } of files.list(folder)) await files.remove(file);
    await rm(join(root, folder), { recursive: true, force: true });
  }
}
