import { basename, dirname, join } from 'node:path';
import { decodeText, isLicenceFile, isWanted, licenceOfText, rankOf } from '../../../items/index.ts';
import { classified } from '../../../ports/failure.ts';
import type { RepositoryCommit } from '../../../ports/repositories.ts';
import type { Dependencies } from '../../dependencies.ts';
import { countsText, type ItemCounts } from '../../keep.ts';
import { openSource } from '../../run/sources.ts';
import { leaveOut } from '../../run/walk-folder.ts';
import { writeDrawnCorpus } from '../corpus.ts';
import type { CorpusText } from '../corpus.ts';
import type { NodeOf, StepKind } from '../kind.ts';
import { largest, textOfBytes } from './read-text.ts';

/** Files whose texts are sorted in memory together. */
const filesOfPart = 20_000;

/** A repository with the files that are asked for, and its licence. */
interface ChosenRepository extends RepositoryCommit {
  name: string;
  folder: string;
  licence: string;
}

/** Reads the files of repositories as they are in the commit of HEAD. */
export const sourceGit: StepKind<'source/git'> = {
  shape: 'step',
  async work(dependencies, { node }) {
    const { name, folder, paths, leftOut: unread } = await openSource(dependencies, node, 'source');
    const leftOut: ItemCounts = { ...unread };
    const repositories: ChosenRepository[] = [];
    for (const inside of clonesOf(paths)) {
      const chosen = await chooseFiles(dependencies, { name: nameOfClone(inside, name), folder: join(folder, inside), node });
      if (chosen) repositories.push(chosen);
      else leaveOut(leftOut, 'no-commit');
    }
    const files = repositories.reduce((sum, repository) => sum + repository.files.length, 0);
    if (files === 0) throw nothingFound(node, { name, folder, clones: repositories.length, leftOut });
    const parts = Math.max(1, Math.ceil(files / filesOfPart));
    async function* texts(): AsyncGenerator<CorpusText> {
      for (const repository of repositories) yield* textsOf(dependencies, repository, leftOut);
    }
    const { take, seed } = node.settings;
    const placeOf = ({ repository, path }: CorpusText): number => rankOf(seed, repository, path);
    const { out } = await writeDrawnCorpus(dependencies, texts(), { parts, take, placeOf, leftOut });
    return { out };
  },
};

/** Folders of clones, by the files in them that every repository has. */
function clonesOf(paths: readonly string[]): string[] {
  const heads = paths.filter((path) => /^([^/]+\/)*?(\.git\/)?HEAD$/.test(path) && !/(^|\/)(logs|refs|worktrees|modules)\//.test(path));
  return heads.map((path) => dirname(path));
}

/** `team/tool` for `team/tool.git` and for `team/tool/.git`; the source's own name for a clone that is the source. */
function nameOfClone(inside: string, source: string): string {
  const folder = basename(inside) === '.git' ? dirname(inside) : inside;
  return folder === '.' ? source : folder.replace(/\.git$/, '');
}

async function chooseFiles(
  { repositories }: Dependencies,
  { name, folder, node }: { name: string; folder: string; node: NodeOf<'source/git'> },
): Promise<ChosenRepository | null> {
  const head = await repositories.head(folder);
  if (!head) return null;
  const licences = head.files.filter(({ path }) => isLicenceFile(path)).map(({ blob }) => blob);
  const found: string[] = [];
  for await (const { bytes } of repositories.contents(folder, licences, { largest })) {
    const decoded = bytes ? decodeText(bytes) : null;
    if (decoded && 'text' in decoded) found.push(licenceOfText(decoded.text));
  }
  const files = head.files.filter(({ path }) => isWanted(path, { include: node.settings.include, exclude: [] }));
  return { name, folder, commit: head.commit, files, licence: [...new Set(found)].sort().join(' OR ') };
}

async function* textsOf(
  { repositories }: Dependencies,
  { name, folder, commit, licence, files }: ChosenRepository,
  leftOut: ItemCounts,
): AsyncGenerator<CorpusText> {
  const paths = files.map(({ path }) => path).values();
  for await (const { bytes } of repositories.contents(folder, files.map(({ blob }) => blob), { largest })) {
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

function nothingFound(
  { id, settings: { include } }: NodeOf<'source/git'>,
  { name, folder, clones, leftOut }: { name: string; folder: string; clones: number; leftOut: ItemCounts },
): Error {
  const counted = countsText(leftOut);
  const found = clones === 0 ? 'no git repository' : `${clones} repositories, but no file for include ${JSON.stringify(include)}`;
  return classified(
    'invalid',
    `${id}: source ${name} (${folder}) has ${found}${counted === '' ? '' : ` (left out: ${counted})`}. Widen include, or correct the source's path in codepmp.config.yaml`,
  );
}
