import { decodeText, isLicenceFile, licenceOfFiles } from '../../../items/index.ts';
import type { RepositoryCommit } from '../../../ports/repositories.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { ItemCounts } from '../../keep.ts';
import { leaveOut } from '../../run/walk-folder.ts';
import type { CorpusText } from '../corpus.ts';
import { largest, textOfBytes } from './read-text.ts';

/** Files of a repository whose texts are sorted in memory together. */
export const filesOfPart = 20_000;

/** A repository with the files that are asked for, and its licence. */
export interface ChosenRepository extends RepositoryCommit {
  name: string;
  folder: string;
  licence: string;
}

interface CloneChoice {
  /** What the repository is called in the corpus. */
  name: string;
  folder: string;
  isWanted: (path: string) => boolean;
  signal: AbortSignal;
}

/** The files of a clone that are asked for; null where it has no commit. */
export async function chooseFiles(
  { repositories }: Dependencies,
  { name, folder, isWanted, signal }: CloneChoice,
): Promise<ChosenRepository | null> {
  const head = await repositories.head(folder);
  if (!head) return null;
  const licences = head.files.filter(({ path }) => isLicenceFile(path)).map(({ blob }) => blob);
  const texts: string[] = [];
  for await (const { bytes } of repositories.contents(folder, licences, { largest, signal })) {
    const decoded = bytes ? decodeText(bytes) : null;
    if (decoded && 'text' in decoded) texts.push(decoded.text);
  }
  const files = head.files.filter(({ path }) => isWanted(path));
  return { name, folder, commit: head.commit, files, licence: licenceOfFiles(texts) };
}

interface TextsReading {
  signal: AbortSignal;
  leftOut: ItemCounts;
}

/** The texts of chosen files; those that are no text are counted by the reason. */
export async function* textsOfFiles(
  { repositories }: Dependencies,
  { name, folder, commit, licence, files }: ChosenRepository,
  { signal, leftOut }: TextsReading,
): AsyncGenerator<CorpusText> {
  const paths = files.map(({ path }) => path).values();
  for await (const { bytes } of repositories.contents(folder, files.map(({ blob }) => blob), { largest, signal })) {
    const path = paths.next().value ?? '';
    const read = bytes ? textOfFile(path, bytes) : { reason: 'too-large' };
    if ('reason' in read) leaveOut(leftOut, read.reason);
    else yield { path: `${name}/${path}`, repository: name, commit, licence, ...read };
  }
}

function textOfFile(path: string, bytes: Uint8Array): { text: string; language?: string } | { reason: string } {
  const read = textOfBytes(path, bytes);
  return 'text' in read && read.text.trim() === '' ? { reason: 'empty' } : read;
}
