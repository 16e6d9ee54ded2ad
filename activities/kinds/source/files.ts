import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { draw } from '../../../items/index.ts';
import { classified } from '../../../ports/failure.ts';
import type { Dependencies } from '../../dependencies.ts';
import { openSource } from '../../run/sources.ts';
import { writeCorpus } from '../corpus.ts';
import type { CorpusText } from '../corpus.ts';
import type { NodeOf, StepKind } from '../kind.ts';

/** Reads a declared folder into a corpus: one row a file, sorted by the digest of its text. */
export const sourceFiles: StepKind<'source/files'> = {
  shape: 'step',
  async work(dependencies, { node }) {
    const texts = await textsOf(dependencies, node);
    if (texts.length === 0) throw nothingFound(dependencies, node);
    return { out: await writeCorpus(dependencies, draw(texts, node.settings), { found: texts.length }) };
  },
};

async function textsOf(dependencies: Dependencies, node: NodeOf<'source/files'>): Promise<CorpusText[]> {
  const { name, folder, paths } = await openSource(dependencies, node, 'source');
  const { min, max } = node.settings.characters;
  const texts: CorpusText[] = [];
  for (const path of paths) {
    const text = decode(await readFile(join(folder, path)));
    if (text !== null && text.length >= min && (max === null || text.length <= max)) texts.push({ path, text, repository: name });
  }
  return texts;
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

function nothingFound({ config }: Dependencies, node: NodeOf<'source/files'>): Error {
  const name = node.resources['source']?.name ?? '';
  const { include, characters } = node.settings;
  const asked = `include ${JSON.stringify(include)}, characters ${JSON.stringify(characters)}`;
  return classified('invalid', `${node.id}: no file of source ${name} (${config.sources[name]?.path}) fits: ${asked}. Widen them, or correct the source's path in codepmp.config.yaml`);
}
