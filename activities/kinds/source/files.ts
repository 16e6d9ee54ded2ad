import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { draw, languageOf } from '../../../items/index.ts';
import { digestOf } from '../../../plan/keys.ts';
import { classified } from '../../../ports/failure.ts';
import type { Dependencies } from '../../dependencies.ts';
import { byOrigin } from '../../group/slices.ts';
import { openSource } from '../../run/sources.ts';
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
    return { out: await artifacts.writeManifest({ type: 'corpus', rows: rows.length, shards, meta: { found: files.length, starts } }) };
  },
};

interface SourceFile {
  path: string;
  text: string;
  source: string;
}

async function textsOf(dependencies: Dependencies, node: NodeOf<'source/files'>): Promise<SourceFile[]> {
  const { name: source, folder, paths } = await openSource(dependencies, node, 'source');
  const { min, max } = node.settings.characters;
  const files: SourceFile[] = [];
  for (const path of paths) {
    const text = decode(await readFile(join(folder, path)));
    if (text !== null && text.length >= min && (max === null || text.length <= max)) files.push({ path, text, source });
  }
  return files;
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
