import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verdictOf, type ClaimResult, type Digest, type FinishInput, type FinishOutput, type RunProgress } from '../../plan/index.ts';
import { isKind, kindOf } from '../../schemas/index.ts';
import { checkClaims } from './claims.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ReportFile } from '../../ports/report.ts';
import { openPlan } from './plan-table.ts';
import { isRunId, reportFolder } from '../../records/names.ts';
import { readResult } from '../../records/results.ts';
import { noteRun } from '../../records/run.ts';

/**
 * Records how a run ended, checks its claims, and writes its report with them as files. Nothing is recorded of a run that could not begin
 * because of its id.
 */
export function finish(dependencies: Dependencies) {
  const { store } = dependencies;
  return async ({ delta, plan }: FinishInput): Promise<FinishOutput> => {
    if (plan === null && !isRunId(delta.head.run)) return { report: null };
    const record = await noteRun(store, delta);
    if (plan === null || record.status !== 'succeeded') return { report: null };
    const claims = await checkClaims(dependencies, { record, plan: (await openPlan(store, plan)).plan });
    const report = await layOutReport(dependencies, record, claims);
    const made = { ...(report !== null && { report }), ...(claims.length > 0 && { claims }) };
    if (Object.keys(made).length > 0) await noteRun(store, { head: { ...delta.head, ...made }, changed: [] });
    return { report, ...(claims.length > 0 && { claims: claims.map(verdictOf) }) };
  };
}

/** Writes the report and the claims of a run as files; returns the path of the report's page, or null if there is no report. */
async function layOutReport(dependencies: Dependencies, { run, units }: RunProgress, claims: ClaimResult[]): Promise<string | null> {
  const { store, reports } = dependencies;
  const node = units.flatMap(({ nodes }) => nodes).findLast(({ kind, key }) => isReport(kind) && key !== undefined);
  const digest = node?.key === undefined ? undefined : (await readResult(store, node.key))?.outputs['out'];
  const rendered = digest === undefined ? [] : await filesOf(dependencies, digest);
  const files = claims.length === 0 ? rendered : await reports.addClaims(rendered, claims);
  const folder = reportFolder(store, run);
  if (files.length > 0) await mkdir(folder, { recursive: true });
  for (const { name, content } of files) await writeFile(join(folder, name), content);
  return digest === undefined ? null : join(folder, 'index.html');
}

function isReport(kind: string): boolean {
  return isKind(kind) && kindOf(kind).outputs['out'] === 'report';
}

/** The rendered files of a report's artifact. */
async function filesOf({ store, artifacts }: Dependencies, report: Digest): Promise<ReportFile[]> {
  const { shards } = await artifacts.readManifest(report);
  const read = async ({ name = '', digest }: { name?: string; digest: Digest }) => {
    const bytes = await store.getBytes(digest);
    return { name, content: name.endsWith('.pdf') ? bytes : new TextDecoder().decode(bytes) };
  };
  return Promise.all(shards.map(read));
}
