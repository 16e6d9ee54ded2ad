import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../../ports/store.ts';
import { classified } from '../../ports/failure.ts';

/**
 * Takes a run's records out of a store: what it was started from, how it stood, and its report as files. Results, answers
 * and the plan belong to no run and stay. Nobody may be writing to the run any more.
 */
export async function removeRun({ root }: Pick<Store, 'root'>, run: string): Promise<void> {
  if (!/^[^/\\\0]{1,200}$/.test(run) || run === '.' || run === '..')
    throw classified('invalid', `${JSON.stringify(run)} cannot be the id of a run`);
  for (const folder of [['notes', 'runs'], ['runs'], ['names', 'runs']])
    await rm(join(root, ...folder, run), { recursive: true, force: true });
}
