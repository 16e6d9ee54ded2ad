import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { firstByRank, isLicenceFile, languageOf, rankOf } from '../../../items/index.ts';
import { hashOf } from '../../../plan/keys.ts';
import { classified } from '../../../ports/failure.ts';
import type { FoundRepository, Github } from '../../../ports/github.ts';
import type { Dependencies } from '../../dependencies.ts';
import { drawRows } from '../../draw.ts';
import { countsText, type ItemCounts } from '../../keep.ts';
import { leaveOut } from '../../run/walk-folder.ts';
import { writeCorpus, type CorpusText } from '../corpus.ts';
import { withoutForgotten } from '../forgotten.ts';
import type { NodeOf, StepKind } from '../kind.ts';
import { ahead } from './ahead.ts';
import { chooseFiles, filesOfPart, textsOfFiles } from './repository-files.ts';

/** Parts in which repositories, or texts without a number that is asked for, are sorted. */
const manyParts = 64;

/** Repositories that are cloned at the same time. */
const clonesAtOnce = 4;

/** Repositories that cannot be cloned one after the other until nothing is taken to be reachable. */
const mostUnreachable = 5;

interface GithubReading {
  dependencies: Dependencies;
  github: Github;
  settings: NodeOf<'source/github'>['settings'];
  /** Where clones are until the step has ended. */
  clones: string;
  signal: AbortSignal;
  leftOut: ItemCounts;
}

/**
 * Reads the repositories that a search finds, in an order that the seed decides: their files by git, texts around them by GitHub's
 * interface. A step that is begun again finds its clones.
 */
export const sourceGithub: StepKind<'source/github'> = {
  shape: 'step',
  async work(dependencies, { node }) {
    const { store, openGithub } = dependencies;
    const { cancellationSignal: signal } = Context.current();
    const { settings } = node;
    const github = await openGithub({ folder: await store.scratch(join('github', 'answers')), signal });
    const clones = await store.scratch(join('github', hashOf({ ...settings }).slice(0, 32)));
    const reading: GithubReading = { dependencies, github, settings, clones, signal, leftOut: {} };
    const counts = { texts: 0, repositories: 0 };
    const { take } = settings;
    async function* texts(): AsyncGenerator<CorpusText> {
      for await (const repository of ahead(drawnRepositories(reading), { most: clonesAtOnce, work: cloned(reading) })) {
        counts.repositories += 1;
        if (repository)
          for await (const text of withoutForgotten(store, textsOfRepository(reading, repository), reading.leftOut)) {
            yield text;
            counts.texts += 1;
            if (counts.texts === take) return;
          }
      }
    }
    const parts = take === null ? manyParts : Math.max(1, Math.ceil(take / filesOfPart));
    const out = await writeCorpus(dependencies, texts(), { parts, meta: () => ({ ...counts, left_out: reading.leftOut }) });
    if (counts.texts === 0) throw nothingFound(node, counts.repositories, reading.leftOut);
    await rm(clones, { recursive: true, force: true });
    return { out };
  },
};

/** Repositories in the order of the seed, each once. */
async function* drawnRepositories({ dependencies: { store }, github, settings }: GithubReading): AsyncGenerator<FoundRepository> {
  const placeOf = ({ id }: FoundRepository): number => rankOf(settings.seed, `${id}`);
  let last = -1;
  for await (const found of drawRows(github.search(settings), { store, parts: manyParts, take: null, placeOf })) {
    if (found.id !== last) yield found;
    last = found.id;
  }
}

interface ClonedRepository extends FoundRepository {
  folder: string;
}

/** Whether a file of a repository is asked for. */
function isAsked({ languages }: GithubReading['settings'], path: string): boolean {
  return languages.length === 0 || languages.includes(languageOf(path));
}

/** Clones a repository with the files that are asked for; null, and counted, where it was deleted since it was found, or cannot be reached. */
function cloned({ dependencies: { repositories }, github, settings, clones, signal, leftOut }: GithubReading) {
  const wanted = (path: string): boolean => isAsked(settings, path) || isLicenceFile(path);
  let unreachable = 0;
  return async (found: FoundRepository): Promise<ClonedRepository | null> => {
    const folder = join(clones, `${found.id}.git`);
    const problem = await repositories.clone(found.url, folder, { wanted, signal });
    if (problem === null) {
      unreachable = 0;
      return { ...found, folder };
    }
    const reason = (await github.isThere(found.name)) ? 'repository-unreachable' : 'repository-deleted';
    if (reason === 'repository-unreachable' && ++unreachable === mostUnreachable) throw allUnreachable(found.url, problem);
    leaveOut(leftOut, reason);
    return null;
  };
}

async function* textsOfRepository(reading: GithubReading, { name, folder, licence }: ClonedRepository): AsyncGenerator<CorpusText> {
  const { dependencies, github, settings, signal, leftOut } = reading;
  const isWanted = (path: string): boolean => isAsked(settings, path);
  const chosen = await chooseFiles(dependencies, { name, folder, isWanted, signal });
  if (!chosen) return leaveOut(leftOut, 'no-commit');
  const files = firstByRank(chosen.files, null, ({ path }) => rankOf(settings.seed, name, path));
  const own = licence || chosen.licence;
  yield* textsOfFiles(dependencies, { ...chosen, files, licence: own }, { signal, leftOut });
  for (const kind of settings.metadata)
    for await (const { path, ...text } of github.texts(name, kind))
      yield { ...text, path: `${name}/${path}`, repository: name, licence: own };
}

function allUnreachable(url: string, problem: string): Error {
  return classified(
    'unavailable',
    `${mostUnreachable} repositories in a row could not be cloned, the last of them ${url}: ${problem}. What was read so far is kept; run again`,
  );
}

function nothingFound({ id, settings }: NodeOf<'source/github'>, repositories: number, leftOut: ItemCounts): Error {
  const counted = countsText(leftOut);
  const found = repositories === 0 ? 'found no repository' : `found ${repositories} repositories without a text to read`;
  return classified(
    'invalid',
    `${id}: the search ${JSON.stringify(settings.query)} ${found}${counted === '' ? '' : ` (left out: ${counted})`}. Widen query or languages`,
  );
}
