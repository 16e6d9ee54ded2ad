import { basename, dirname, join } from 'node:path';
import { Context } from '@temporalio/activity';
import { isWanted, rankOf } from '../../../items/index.ts';
import { classified } from '../../../ports/failure.ts';
import { countsText, type ItemCounts } from '../../keep.ts';
import { openSource } from '../../run/sources.ts';
import { leaveOut } from '../../run/walk-folder.ts';
import { writeDrawnCorpus } from '../corpus.ts';
import type { CorpusText } from '../corpus.ts';
import type { NodeOf, StepKind } from '../kind.ts';
import { chooseFiles, filesOfPart, textsOfFiles } from './repository-files.ts';
import type { ChosenRepository } from './repository-files.ts';

/** Reads the files of repositories as they are in the commit of HEAD. */
export const sourceGit: StepKind<'source/git'> = {
  shape: 'step',
  async work(dependencies, { node }) {
    const { name, folder, paths, leftOut: unread } = await openSource(dependencies, node, 'source');
    const { cancellationSignal: signal } = Context.current();
    const leftOut: ItemCounts = { ...unread };
    const repositories: ChosenRepository[] = [];
    const isAsked = (path: string): boolean => isWanted(path, { include: node.settings.include, exclude: [] });
    for (const inside of clonesOf(paths)) {
      const clone = { name: nameOfClone(inside, name), folder: join(folder, inside) };
      const chosen = await chooseFiles(dependencies, { ...clone, isWanted: isAsked, signal });
      if (chosen) repositories.push(chosen);
      else leaveOut(leftOut, 'no-commit');
    }
    const files = repositories.reduce((sum, repository) => sum + repository.files.length, 0);
    if (files === 0) throw nothingFound(node, { name, folder, clones: repositories.length, leftOut });
    const parts = Math.max(1, Math.ceil(files / filesOfPart));
    async function* texts(): AsyncGenerator<CorpusText> {
      for (const repository of repositories) yield* textsOfFiles(dependencies, repository, { signal, leftOut });
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
