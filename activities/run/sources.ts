import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PlanNode } from '../../plan/index.ts';
import { classified } from '../../ports/failure.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { walkFolder } from './walk-folder.ts';
import type { ItemCounts } from '../keep.ts';

/** A source folder, for one step. */
export interface SourceFolder {
  /** Name under `sources` of the configuration. */
  name: string;
  folder: string;
  /** Paths inside the folder of the files that the step reads, sorted. */
  paths: string[];
  /** Requested files that cannot be read. */
  leftOut: ItemCounts;
  /** The source is this one file. */
  isFile?: true;
}

type Configured = Pick<Dependencies, 'config'>;

/** The folder that a setting of a node names, or the file as the only one in it. Throws `invalid` where it is undeclared or unreadable. */
export async function openSource(
  { config }: Configured,
  { id, kind, settings, resources }: PlanNode,
  setting: string,
): Promise<SourceFolder> {
  const name = resources[setting]?.name ?? '';
  const folder = config.sources[name]?.path;
  if (folder === undefined) throw classified('invalid', `${id}: the configuration declares no source ${name}`);
  if (await isPlainFile(folder)) return { name, folder: dirname(folder), paths: [basename(folder)], leftOut: {}, isFile: true };
  const choice = kindOf(kind).files?.(settings) ?? { include: ['**/*'], exclude: [] };
  const found = await walkFolder(folder, choice).catch((error: NodeJS.ErrnoException) => {
    throw classified(
      'invalid',
      `${id}: the folder of source ${name} cannot be read: ${folder} (${error.code}). Correct its path in codepmp.config.yaml`,
    );
  });
  return { name, folder, ...found };
}

async function isPlainFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

/** The state of a file that disappeared after it was listed. */
const gone = { size: -1, mtimeMs: -1 };

/** Bytes of all files that a step reads of a source. */
export async function bytesOfSource({ folder, paths }: SourceFolder): Promise<number> {
  let bytes = 0;
  for (const path of paths) bytes += (await stat(join(folder, path)).catch(() => gone)).size;
  return bytes;
}

/** Files checked at the same time. */
const atOnce = 64;

/**
 * Shows whether the files that a node would read from its source folders have changed: a hash of their paths, sizes and times. Null
 * where it reads no folder.
 */
export async function fingerprintOf(dependencies: Configured, node: PlanNode): Promise<string | null> {
  const settings = Object.keys(kindOf(node.kind).sources).filter((setting) => node.resources[setting]);
  if (settings.length === 0) return null;
  const hash = createHash('sha256');
  for (const setting of settings) {
    const { folder, paths } = await openSource(dependencies, node, setting);
    const look = async (path: string): Promise<string> => {
      const { size, mtimeMs } = await stat(join(folder, path)).catch(() => gone);
      return `${path}\0${size}\0${mtimeMs}\n`;
    };
    for (let at = 0; at < paths.length; at += atOnce) hash.update((await Promise.all(paths.slice(at, at + atOnce).map(look))).join(''));
  }
  return hash.digest('hex');
}
