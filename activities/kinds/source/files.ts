import { join } from 'node:path';
import { draw } from '../../../items/index.ts';
import { classified } from '../../../ports/failure.ts';
import { openSource } from '../../run/sources.ts';
import type { SourceFolder } from '../../run/sources.ts';
import { countsText } from '../../keep.ts';
import type { ItemCounts } from '../../keep.ts';
import { leaveOut } from '../../run/walk-folder.ts';
import { writeCorpus } from '../corpus.ts';
import type { CorpusText } from '../corpus.ts';
import type { NodeOf, StepKind } from '../kind.ts';
import { readText } from './read-text.ts';

/**
 * Reads a declared folder into a corpus: one row a file, sorted by the digest of its text. A file that cannot be read, is no
 * text or has too few or too many characters is left out and counted by the reason.
 */
export const sourceFiles: StepKind<'source/files'> = {
  shape: 'step',
  async work(dependencies, { node }) {
    const source = await openSource(dependencies, node, 'source');
    const { texts, leftOut } = await textsOf(source, node.settings.characters);
    if (texts.length === 0) throw nothingFound(node, source, leftOut);
    const meta = () => ({ found: texts.length, left_out: leftOut });
    return { out: await writeCorpus(dependencies, draw(texts, node.settings), { meta }) };
  },
};

interface Bounds {
  min: number;
  max: number | null;
}

async function textsOf(
  { name, folder, paths, leftOut: before }: SourceFolder,
  { min, max }: Bounds,
): Promise<{ texts: CorpusText[]; leftOut: ItemCounts }> {
  const leftOut = { ...before };
  const texts: CorpusText[] = [];
  for (const path of paths) {
    const read = await readText(join(folder, path));
    const reason =
      'reason' in read ? read.reason : read.text.length < min ? 'too-short' : max !== null && read.text.length > max ? 'too-long' : null;
    if (reason !== null) leaveOut(leftOut, reason);
    else if ('text' in read) texts.push({ path, repository: name, ...read });
  }
  return { texts, leftOut };
}

function nothingFound(
  { id, settings: { include, characters } }: NodeOf<'source/files'>,
  { name, folder }: SourceFolder,
  leftOut: ItemCounts,
): Error {
  const asked = `include ${JSON.stringify(include)}, characters ${JSON.stringify(characters)}`;
  const counted = countsText(leftOut);
  const found = counted === '' ? '' : ` (left out: ${counted})`;
  return classified(
    'invalid',
    `${id}: no file of source ${name} (${folder}) fits: ${asked}${found}. Widen them, or correct the source's path in codepmp.config.yaml`,
  );
}
