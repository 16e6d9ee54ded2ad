import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
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

/** A folder of an export with rows that have to go. */
export interface ForgottenExport {
  exported: Exported;
  /** With those of an earlier `forget` that could not reach the folder. */
  rows: number;
  /** Whether this machine has the folder. */
  isHere: boolean;
  /** What its card is made from; null: the record of its run is deleted, so it cannot be written again. */
  input: Omit<CardInput, 'parts'> | null;
}

/** The exports with rows that have to go. */
export async function exportsWith(store: Store, artifacts: Artifacts, { files, isGone }: ForgottenFound): Promise<ForgottenExport[]> {
  const affected: ForgottenExport[] = [];
  for (const exported of await listExports(store)) {
    let rows = exported.due ?? 0;
    for (const artifact of exported.artifacts) {
      const manifest = await artifacts.readManifest(artifact).catch(() => null);
      if (!manifest || !manifest.shards.some(({ digest }) => files.has(digest))) continue;
      for await (const row of artifacts.rows(artifact)) rows += isGone(row) ? 1 : 0;
    }
    if (rows > 0) affected.push({ exported, rows, isHere: await isOnThisMachine(exported), input: await cardInput(store, exported) });
  }
  return affected;
}

/** Machines may share the folder, or have another one at its path: it is the one whose card names the copy. */
async function isOnThisMachine({ folder, machine, copy }: Exported): Promise<boolean> {
  if (!existsSync(folder)) return false;
  if (machine === hostname() || copy === undefined) return true;
  return (await readFile(join(folder, 'README.md'), 'utf8').catch(() => '')).includes(copy);
}

async function cardInput(store: Store, { run, node: id, format, copy }: Exported): Promise<ForgottenExport['input']> {
  const record = await readRun(store, run);
  const plan = record && (await planOfRun(store, record));
  const node = plan?.nodes.find((each) => each.id === id);
  return plan && node ? { run, plan, node, format: format as ExportFormat, copy } : null;
}

/**
 * Writes an export again without the rows that have to go. Other files in its folder stay. First it is noted what has to go, so that a
 * machine that has the folder finds it when the store no longer has the rows.
 */
export async function rewriteExport(
  store: Store,
  artifacts: Artifacts,
  { exported, rows, isHere, input, isGone }: ForgottenExport & Pick<ForgottenFound, 'isGone'>,
): Promise<void> {
  if (!input) return noteExport(store, { ...exported, due: rows });
  const parts = [];
  for (const [index, artifact] of exported.artifacts.entries())
    parts.push({ split: exported.splits[index] ?? 'train', ...(await artifactWithout(artifacts, { artifact, isGone })) });
  const { due: _due, ...without } = { ...exported, artifacts: parts.map(({ artifact }) => artifact) };
  await noteExport(store, { ...without, due: rows });
  if (!isHere) return;
  await replaceFiles(store, exported.folder, { ...input, parts });
  await noteExport(store, without);
}

async function replaceFiles(store: Store, folder: string, input: CardInput): Promise<void> {
  const made = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    await writeDataSet(store, made, input);
    for (const name of await readdir(made)) {
      await rm(join(folder, name), { recursive: true, force: true });
      await rename(join(made, name), join(folder, name));
    }
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
