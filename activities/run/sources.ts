import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isWanted } from '../../items/index.ts';
import type { PlanNode } from '../../plan/index.ts';
import { classified } from '../../ports/failure.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';

/** A source folder as a step reads it. */
export interface SourceFolder {
  /** Name under `sources` of the configuration. */
  name: string;
  folder: string;
  /** Paths inside the folder of the files that the step reads, sorted. */
  paths: string[];
}

type Configured = Pick<Dependencies, 'config'>;

/** The folder that a setting of a node names. Throws `invalid` where the configuration has none, or it cannot be read. */
export async function openSource({ config }: Configured, { id, kind, settings, resources }: PlanNode, setting: string): Promise<SourceFolder> {
  const name = resources[setting]?.name ?? '';
  const folder = config.sources[name]?.path;
  if (folder === undefined) throw classified('invalid', `${id}: the configuration declares no source ${name}`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw classified('invalid', `${id}: the folder of source ${name} can not be read: ${folder} (${error.code}). Correct its path in codepmp.config.yaml`);
  });
  const choice = kindOf(kind).files?.(settings);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1).replaceAll(sep, '/'))
    .filter((path) => !choice || isWanted(path, choice))
    .sort();
  return { name, folder, paths };
}

/** Files looked at together. */
const atOnce = 64;

/**
 * Says whether the files that a node would read of its source folders are those of before: a hash over their paths, sizes and
 * times. Null for a kind that reads no folder.
 */
export async function fingerprintOf(dependencies: Configured, node: PlanNode): Promise<string | null> {
  const settings = Object.keys(kindOf(node.kind).sources);
  if (settings.length === 0) return null;
  const hash = createHash('sha256');
  for (const setting of settings) {
    const { folder, paths } = await openSource(dependencies, node, setting);
    const look = async (path: string): Promise<string> => {
      const { size, mtimeMs } = await stat(join(folder, path));
      return `${path}\0${size}\0${mtimeMs}\n`;
    };
    for (let at = 0; at < paths.length; at += atOnce) hash.update((await Promise.all(paths.slice(at, at + atOnce).map(look))).join(''));
  }
  return hash.digest('hex');
}
