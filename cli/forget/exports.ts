import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { listExports, noteExport, type Exported } from '../../records/exports.ts';
import { readRun } from '../../records/run.ts';
import { writeDataSet } from '../export/data-set.ts';
import type { CardInput } from '../export/card.ts';
import type { ExportFormat } from '../export/parts.ts';
import { planOfRun } from '../runs/runs.ts';
import type { ForgottenFound } from './find.ts';
import { artifactWithout } from './without.ts';

/** An existing folder of an export with rows that have to go. */
export interface ForgottenExport {
  exported: Exported;
  rows: number;
  /** What its card is made from; null: the record of its run is deleted, so it cannot be written again. */
  input: Omit<CardInput, 'parts'> | null;
}

/** The exports with rows that have to go. */
export async function exportsWith(store: Store, artifacts: Artifacts, { files, isGone }: ForgottenFound): Promise<ForgottenExport[]> {
  const affected: ForgottenExport[] = [];
  for (const exported of await listExports(store)) {
    if (!existsSync(exported.folder)) continue;
    let rows = 0;
    for (const artifact of exported.artifacts) {
      const manifest = await artifacts.readManifest(artifact).catch(() => null);
      if (!manifest || !manifest.shards.some(({ digest }) => files.has(digest))) continue;
      for await (const row of artifacts.rows(artifact)) rows += isGone(row) ? 1 : 0;
    }
    if (rows > 0) affected.push({ exported, rows, input: await cardInput(store, exported) });
  }
  return affected;
}

async function cardInput(store: Store, { run, node: id, format }: Exported): Promise<ForgottenExport['input']> {
  const record = await readRun(store, run);
  const plan = record && (await planOfRun(store, record));
  const node = plan?.nodes.find((each) => each.id === id);
  return plan && node ? { run, plan, node, format: format as ExportFormat } : null;
}

/** Writes an export again without the rows that have to go. Other files in its folder stay. */
export async function rewriteExport(
  store: Store,
  artifacts: Artifacts,
  { exported, input, isGone }: Omit<ForgottenExport, 'rows'> & Pick<ForgottenFound, 'isGone'>,
): Promise<void> {
  if (!input) return;
  const { folder, splits } = exported;
  const parts = [];
  for (const [index, artifact] of exported.artifacts.entries())
    parts.push({ split: splits[index] ?? 'train', ...(await artifactWithout(artifacts, { artifact, isGone })) });
  const made = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    await writeDataSet(store, made, { ...input, parts });
    for (const name of await readdir(made)) {
      await rm(join(folder, name), { recursive: true, force: true });
      await rename(join(made, name), join(folder, name));
    }
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  await noteExport(store, { ...exported, artifacts: parts.map(({ artifact }) => artifact) });
}
