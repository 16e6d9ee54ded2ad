import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { draw, isWanted, languageOf } from '../../../items/index.ts';
import { digestOf } from '../../../plan/keys.ts';
import type { PlanNode } from '../../../plan/index.ts';
import { classified } from '../../../ports/failure.ts';
import type { Dependencies } from '../../dependencies.ts';
import { byOrigin } from '../../group/slices.ts';
import type { NodeOf, StepKind } from '../kind.ts';

/** Rows of a shard; a chunk then reads few rows that are not its own. */
const shardRows = 10_000;

/** Reads a declared folder into a corpus: one row a file, sorted by the digest of its text. */
export const sourceFiles: StepKind<'source/files'> = {
  shape: 'step',
  async work(dependencies, { node }) {
    const { artifacts } = dependencies;
    const files = await textsOf(dependencies, node);
    if (files.length === 0) throw nothingFound(dependencies, node);
    const rows = withOrdinals(draw(files, node.settings));
    const shards = [];
    const starts: string[] = [];
    for (let at = 0; at < rows.length; at += shardRows) {
      shards.push(await artifacts.writeJsonl(rows.slice(at, at + shardRows)));
      starts.push(rows[at]?.origin ?? '');
    }
    const out = await artifacts.writeManifest({ type: 'corpus', rows: rows.length, shards, meta: { found: files.length, starts } });
    return { out };
  },
};

/** Files looked at together. */
const atOnce = 64;

/** Says whether the files a source would read are those of before: a hash over their paths, sizes and times. */
export async function fingerprint(dependencies: Pick<Dependencies, 'config'>, node: PlanNode): Promise<string> {
  const { folder, paths } = await pathsOf(dependencies, node);
  const hash = createHash('sha256');
  const look = async (path: string): Promise<string> => {
    const { size, mtimeMs } = await stat(join(folder, path));
    return `${path}\0${size}\0${mtimeMs}\n`;
  };
  for (let at = 0; at < paths.length; at += atOnce) hash.update((await Promise.all(paths.slice(at, at + atOnce).map(look))).join(''));
  return hash.digest('hex');
}

interface SourceFile {
  path: string;
  text: string;
  source: string;
}

async function textsOf(dependencies: Dependencies, node: NodeOf<'source/files'>): Promise<SourceFile[]> {
  const { folder, paths, source } = await pathsOf(dependencies, node);
  const { min, max } = node.settings.characters;
  const files: SourceFile[] = [];
  for (const path of paths) {
    const text = decode(await readFile(join(folder, path)));
    if (text !== null && text.length >= min && (max === null || text.length <= max)) files.push({ path, text, source });
  }
  return files;
}

async function pathsOf({ config }: Pick<Dependencies, 'config'>, node: PlanNode): Promise<{ folder: string; paths: string[]; source: string }> {
  const name = node.resources['source']?.name ?? '';
  const folder = config.sources[name]?.path;
  if (folder === undefined) throw classified('invalid', `${node.id}: the configuration declares no source ${name}`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw classified('invalid', `${node.id}: the folder of source ${name} can not be read: ${folder} (${error.code}). Correct its path in codepmp.config.yaml`);
  });
  const choice = { include: node.settings['include'] as string[], exclude: node.settings['exclude'] as string[] };
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1).replaceAll(sep, '/'))
    .filter((path) => isWanted(path, choice))
    .sort();
  return { folder, paths, source: name };
}

/** Text of UTF-8 bytes; null for what is no text. */
function decode(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function withOrdinals(files: SourceFile[]) {
  const seen = new Map<string, number>();
  const rows = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ path, text, source }) => {
    const origin = digestOf(new TextEncoder().encode(text));
    const ordinal = seen.get(origin) ?? 0;
    seen.set(origin, ordinal + 1);
    return { origin, ordinal, repository: source, path, commit: '', licence: '', language: languageOf(path), text };
  });
  return rows.sort(byOrigin);
}

function nothingFound({ config }: Dependencies, node: NodeOf<'source/files'>): Error {
  const name = node.resources['source']?.name ?? '';
  const { include, characters } = node.settings;
  const asked = `include ${JSON.stringify(include)}, characters ${JSON.stringify(characters)}`;
  return classified('invalid', `${node.id}: no file of source ${name} (${config.sources[name]?.path}) fits: ${asked}. Widen them, or correct the source's path in codepmp.config.yaml`);
}
