import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Artifacts, Row } from '../../ports/artifacts.ts';
import { messageOfError } from '../../ports/failure.ts';
import type { Store } from '../../ports/store.ts';
import { listExports, noteExport, removeExport, type Exported } from '../../records/exports.ts';
import { nullIfLost } from '../../records/named.ts';
import { readRun } from '../../records/run.ts';
import { cardName, type CardInput } from '../export/card.ts';
import { writeDataSet } from '../export/data-set.ts';
import type { ExportedPart, ExportFormat } from '../export/parts.ts';
import { planOfRun } from '../runs/runs.ts';
import type { ForgottenFound } from './find.ts';
import { artifactWithout } from './without.ts';

/** A folder of an export with rows that have to go. */
export interface ForgottenExport {
  exported: Exported;
  /** With those of an earlier `forget` that could not reach the folder. */
  rows: number;
  place: ExportPlace;
  /** What its card is made from; null: the record of its run is gone, so it cannot be written again. */
  input: Omit<CardInput, 'parts'> | null;
}

/**
 * Where the folder of an export is: on this machine, or not found here. Of one that this machine has written, `deleted`: it is no longer
 * there; `replaced`: a folder is there whose card does not say that it is the export.
 */
type ExportPlace = 'here' | 'away' | 'deleted' | 'replaced';

/** The exports with rows that have to go; rows that the store has lost are not known. */
export async function exportsWith(store: Store, artifacts: Artifacts, { files }: ForgottenFound): Promise<ForgottenExport[]> {
  const affected: ForgottenExport[] = [];
  for (const exported of await listExports(store)) {
    let rows = exported.due ?? 0;
    for (const artifact of exported.artifacts) {
      const manifest = await artifacts.readManifest(artifact).catch(() => null);
      for (const { digest } of manifest?.shards ?? []) rows += files.get(digest) ?? 0;
    }
    if (rows > 0) affected.push({ exported, rows, place: await placeOf(exported), input: await cardInput(store, exported) });
  }
  return affected;
}

/** Machines may share the folder, have another one at its path, or have one name: it is the one whose card names the copy. */
async function placeOf({ folder, machine, copy }: Exported): Promise<ExportPlace> {
  const isOwn = machine === hostname();
  if (!existsSync(folder)) return isOwn && (await hasFiles(dirname(folder))) ? 'deleted' : 'away';
  if (copy === undefined || (await readFile(join(folder, cardName), 'utf8').catch(() => '')).includes(copy)) return 'here';
  return isOwn ? 'replaced' : 'away';
}

/** An empty folder may be one at which a disk is not mounted. */
async function hasFiles(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length > 0;
}

async function cardInput(store: Store, { run, node: id, format, copy }: Exported): Promise<ForgottenExport['input']> {
  const record = await readRun(store, run);
  const plan = record && (await planOfRun(store, record).catch(nullIfLost));
  const node = plan?.nodes.find((each) => each.id === id);
  return plan && node ? { run, plan, node, format: format as ExportFormat, copy } : null;
}

/**
 * Writes an export again without the rows that have to go. Other files in its folder stay. First it is noted what has to go, so that a
 * machine that has the folder finds it when the store no longer has the rows; of a folder that is deleted, the note goes. Returns why the
 * folder still has them, if it is here; else null.
 */
export async function rewriteExport(
  store: Store,
  artifacts: Artifacts,
  { exported, rows, place, input, isGone }: ForgottenExport & Pick<ForgottenFound, 'isGone'>,
): Promise<string | null> {
  if (place === 'deleted') {
    await removeExport(store, exported);
    return null;
  }
  const parts = input && (await partsWithout(artifacts, exported, isGone).catch(nullIfLost));
  if (!parts) {
    await noteExport(store, { ...exported, due: rows });
    return input && place === 'here' ? 'the store has lost other rows of it, so it cannot be written again: delete this folder yourself' : null;
  }
  const { due: _due, ...without } = { ...exported, artifacts: parts.map(({ artifact }) => artifact) };
  await noteExport(store, { ...without, due: rows });
  if (place !== 'here') return null;
  try {
    await replaceFiles(store, exported.folder, { ...input, parts });
  } catch (error) {
    return `it cannot be written again: ${messageOfError(error)}. Run the same command when that is mended`;
  }
  await noteExport(store, without);
  return null;
}

async function partsWithout(artifacts: Artifacts, exported: Exported, isGone: (row: Row) => boolean): Promise<ExportedPart[]> {
  const { artifacts: all, splits } = exported;
  const parts: ExportedPart[] = [];
  for (const [index, artifact] of all.entries())
    parts.push({ split: splits[index] ?? 'train', ...(await artifactWithout(artifacts, { artifact, isGone })) });
  return parts;
}

/** The card, by which the folder is known again, is there at every moment. */
async function replaceFiles(store: Store, folder: string, input: CardInput): Promise<void> {
  const made = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    await writeDataSet(store, made, input);
    for (const name of await readdir(made)) {
      if (name !== cardName) await rm(join(folder, name), { recursive: true, force: true });
      await rename(join(made, name), join(folder, name));
    }
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
