import { join } from 'node:path';
import { isWanted } from '../../../items/index.ts';
import { hashOf } from '../../../plan/keys.ts';
import { classified } from '../../../ports/failure.ts';
import type { Dependencies } from '../../dependencies.ts';
import { bytesOfSource, openSource } from '../../run/sources.ts';
import type { SourceFolder } from '../../run/sources.ts';
import { countsText } from '../../keep.ts';
import type { ItemCounts } from '../../keep.ts';
import { leaveOut } from '../../run/walk-folder.ts';
import { writeDrawnCorpus } from '../corpus.ts';
import type { CorpusText } from '../corpus.ts';
import type { NodeOf, StepKind } from '../kind.ts';
import { largest, readText, textOfBytes } from './read-text.ts';

/** Bytes of files whose texts are sorted in memory together. */
const bytesOfPart = 64 * 2 ** 20;

type FileSettings = NodeOf<'source/files'>['settings'];

/**
 * Reads a declared folder into a corpus: one row a file, sorted by the digest of its text. A file that cannot be read, is no
 * text or has too few or too many characters is left out and counted by the reason.
 */
export const sourceFiles: StepKind<'source/files'> = {
  shape: 'step',
  async work(dependencies, { node }) {
    const source = await openSource(dependencies, node, 'source');
    const leftOut: ItemCounts = { ...source.leftOut };
    const { take, seed } = node.settings;
    const parts = Math.max(1, Math.ceil((await bytesOfSource(source)) / bytesOfPart));
    const texts = textsOf(filesOf(dependencies, source, { settings: node.settings, leftOut }), { settings: node.settings, leftOut });
    const { out, found } = await writeDrawnCorpus(dependencies, texts, { parts, take, placeOf: placeBy(seed), leftOut });
    if (found === 0) throw nothingFound(node, source, leftOut);
    return { out };
  },
};

/** The place of a text in the order that a seed shuffles, by its path alone. */
function placeBy(seed: number) {
  return ({ path }: CorpusText): number => Number.parseInt(hashOf({ seed, path }).slice(0, 13), 16) / 16 ** 13;
}

interface ReadingFiles {
  settings: FileSettings;
  leftOut: ItemCounts;
}

/** A file that is asked for, with its text or why it has none. */
type FoundFile = Pick<CorpusText, 'path' | 'repository'> & Awaited<ReturnType<typeof readText>>;

async function* filesOf(dependencies: Dependencies, source: SourceFolder, { settings, leftOut }: ReadingFiles): AsyncGenerator<FoundFile> {
  const { name: repository, folder, paths } = source;
  for (const path of paths) {
    if (isArchive(path)) yield* filesOfArchive(dependencies, { source, path, settings, leftOut });
    else if (source.isFile || isWanted(path, settings)) yield { path, repository, ...(await readText(join(folder, path))) };
  }
}

function isArchive(path: string): boolean {
  return /\.(tar|tgz|tar\.gz|tar\.zst)$/.test(path);
}

interface ReadingArchive extends ReadingFiles {
  source: SourceFolder;
  /** Of the archive, inside the source. */
  path: string;
}

/** Files of an archive; what was read of a broken one counts. */
async function* filesOfArchive({ archives }: Dependencies, { source, path, settings, leftOut }: ReadingArchive): AsyncGenerator<FoundFile> {
  const inside = (entry: string): string => (source.isFile ? entry : `${path}/${entry}`);
  const isAsked = (entry: string): boolean => isWanted(inside(entry), settings);
  try {
    for await (const entry of archives.entries(join(source.folder, path), { isWanted: isAsked, largest })) {
      if (!isAsked(entry.path)) continue;
      const file = { path: inside(entry.path), repository: source.name };
      if ('reason' in entry) yield { ...file, reason: entry.reason };
      else yield { ...file, ...(entry.bytes ? textOfBytes(file.path, entry.bytes) : { reason: 'too-large' }) };
    }
  } catch {
    leaveOut(leftOut, 'broken-archive');
  }
}

async function* textsOf(files: AsyncIterable<FoundFile>, { settings, leftOut }: ReadingFiles): AsyncGenerator<CorpusText> {
  const { min, max } = settings.characters;
  for await (const file of files) {
    const reason =
      'reason' in file ? file.reason : file.text.length < min ? 'too-short' : max !== null && file.text.length > max ? 'too-long' : null;
    if (reason !== null) leaveOut(leftOut, reason);
    else if ('text' in file) yield file;
  }
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
