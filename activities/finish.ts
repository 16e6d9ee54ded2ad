import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FinishInput, FinishOutput, RunProgress } from '../plan/index.ts';
import { checkClaims } from './claims.ts';
import type { Dependencies } from './dependencies.ts';
import { openPlan } from './plan-table.ts';
import { readResult } from './results.ts';
import { noteRun } from './run-record.ts';

/** Writes down how a run ended, checks its claims and lays its report out as files: `runs/<run>/report/` in the store's folder. */
export function finish(dependencies: Dependencies) {
  const { store } = dependencies;
  return async ({ delta, plan }: FinishInput): Promise<FinishOutput> => {
    const record = await noteRun(store, delta);
    if (plan === null || record.status !== 'succeeded') return { report: null };
    const report = await layOut(dependencies, record);
    const claims = await checkClaims(dependencies, { record, claims: (await openPlan(store, plan)).plan.claims });
    const made = { ...(report !== null && { report }), ...(claims.length > 0 && { claims }) };
    if (Object.keys(made).length > 0) await noteRun(store, { head: { ...delta.head, ...made }, changed: [] });
    return { report, ...(claims.length > 0 && { claims }) };
  };
}

/** Path of the report's page; null for a run without a report. */
async function layOut({ store, artifacts }: Dependencies, { run, units }: RunProgress): Promise<string | null> {
  const node = units.flatMap(({ nodes }) => nodes).findLast(({ kind, key }) => kind === 'report' && key !== undefined);
  const digest = node?.key === undefined ? undefined : (await readResult(store, node.key))?.outputs['out'];
  if (digest === undefined) return null;
  const folder = join(store.root, 'runs', run, 'report');
  await mkdir(folder, { recursive: true });
  const { shards } = await artifacts.readManifest(digest);
  for (const shard of shards) await writeFile(join(folder, shard.name ?? shard.digest), await store.getBytes(shard.digest));
  return join(folder, 'index.html');
}
