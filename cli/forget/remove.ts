import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openStoredFiles } from '../../adapters/index.ts';
import { digestsIn } from '../../records/live.ts';
import type { Digest } from '../../plan/index.ts';
import type { Store } from '../../ports/store.ts';
import { resultName } from '../../records/names.ts';
import type { ForgottenFound } from './find.ts';

/** Names other than results that refer to files of rows. */
const referring = ['chunks', 'groups', 'cleaning'];

/**
 * Deletes what was found: names before the files they refer to, and the files that say where their rows are from last, so that after an
 * interruption the same is found again.
 */
export async function removeFound(store: Store, { files, results, artifacts }: ForgottenFound): Promise<void> {
  await removeJobs(store, new Set([...files.keys(), ...artifacts.keys()]));
  for (const { key } of results) await store.files.remove(`names/${resultName(key)}`);
  for (const prefix of referring)
    for (const name of await store.list(`${prefix}/`)) {
      const bytes = await store.read(name);
      if (bytes && digestsIn(bytes).some((each) => files.has(each))) await store.files.remove(`names/${name}`);
    }
  for (const digest of files.keys()) await store.files.remove(`blobs/${digest.slice(0, 2)}/${digest}`);
}

/** Folders of jobs on this machine that have read these files, and what reading GitHub has kept. */
async function removeJobs(store: Store, digests: ReadonlySet<Digest>): Promise<void> {
  const jobs = new Set(['github']);
  for await (const { file } of openStoredFiles(store.root).list('jobs'))
    if (basename(file) === 'config.json' && digestsIn(await readFile(join(store.root, file))).some((each) => digests.has(each)))
      jobs.add(file.split('/')[1] ?? '');
  for (const job of jobs) await rm(join(store.root, 'jobs', job), { recursive: true, force: true });
}
