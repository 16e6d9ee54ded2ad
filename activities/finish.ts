import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FinishInput, FinishOutput } from '../plan/index.ts';
import type { Dependencies } from './dependencies.ts';
import { noteRun } from './run-record.ts';

/** Writes down how a run ended and lays its report out as files: `runs/<run>/report/` in the store's folder. */
export function finish({ store, artifacts }: Dependencies) {
  return async ({ progress, report }: FinishInput): Promise<FinishOutput> => {
    if (report === null) {
      await noteRun(store, progress);
      return { report: null };
    }
    const folder = join(store.root, 'runs', progress.run, 'report');
    await mkdir(folder, { recursive: true });
    const { shards } = await artifacts.readManifest(report);
    for (const shard of shards) await writeFile(join(folder, shard.name ?? shard.digest), await store.getBytes(shard.digest));
    const path = join(folder, 'index.html');
    await noteRun(store, { ...progress, report: path });
    return { report: path };
  };
}
