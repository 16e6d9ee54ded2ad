import { classified } from '../../ports/failure.ts';
import type { RepositoryCommit } from '../../ports/repositories.ts';
import { askGit, asking, git } from './git-process.ts';

/** The commit of HEAD with its files; null for a repository without any. */
export async function headOf(folder: string): Promise<RepositoryCommit | null> {
  await git(folder, ['rev-parse', '--git-dir']);
  const found = await askGit(folder, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if ('problem' in found) return null;
  const commit = found.output.trim();
  const listing = ['ls-tree', '-r', '-z', '--full-tree', commit];
  const listed = await askGit(folder, listing);
  const problem = 'problem' in listed ? await fetchLeftOut(folder, { filter: 'blob:none' }) : null;
  if (problem !== null) throw keptBack(folder, problem);
  const tree = 'output' in listed ? listed.output : await git(folder, listing);
  return { commit, files: tree.split('\0').flatMap(fileOfEntry) };
}

/** `100644 blob <id>\t<path>`; links (120000) and submodules (160000) are no files of the repository. */
function fileOfEntry(entry: string): { path: string; blob: string }[] {
  const [, blob, path] = /^100\d{3} blob ([0-9a-f]+)\t(.+)$/s.exec(entry) ?? [];
  return blob === undefined || path === undefined ? [] : [{ path, blob }];
}

/**
 * Fetches those contents of the commit of HEAD that a partial clone has left at its origin. One request for all of them: asked one by
 * one, each costs two. Returns why the origin does not give them, in git's words; null: none is missing any longer.
 */
export async function fetchMissing(folder: string, blobs: readonly string[], signal: AbortSignal): Promise<string | null> {
  const wanted = new Set(blobs);
  return blobs.length === 0 ? null : fetchLeftOut(folder, { isWanted: (blob) => wanted.has(blob), signal });
}

interface LeftOut {
  /** Leaves things out of the list, in the words of git. Default: nothing. */
  filter?: string;
  isWanted?: (object: string) => boolean;
  signal?: AbortSignal;
}

/** Fetches what of the commit of HEAD is missing; of trees, those below them as well. Returns why it cannot, as above. */
async function fetchLeftOut(folder: string, { filter, isWanted = () => true, signal }: LeftOut): Promise<string | null> {
  const remote = await promisorOf(folder);
  if (remote === null) return null;
  const filters = filter === undefined ? [] : [`--filter=${filter}`];
  const objects = await git(folder, ['rev-list', '--objects', '--no-walk', '--missing=print', ...filters, 'HEAD'], { signal });
  const missing = objects.match(/^\?[0-9a-f]+$/gm)?.map((line) => line.slice(1)) ?? [];
  const wanted = missing.filter(isWanted);
  if (wanted.length === 0) return null;
  const quiet = ['--quiet', '--upload-pack=git-upload-pack', '--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--filter=blob:none', '--stdin'];
  const fetch = ['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', ...quiet, '--', remote];
  const env = { ...asking, ...(await withoutHooks(folder)) };
  const said = await askGit(folder, fetch, { input: `${wanted.join('\n')}\n`, env, signal });
  return 'problem' in said ? said.problem : null;
}

/** The remote that a partial clone asks for what it has left out; null: none. */
async function promisorOf(folder: string): Promise<string | null> {
  const promisors = await askGit(folder, ['config', '--type=bool', '--get-regexp', String.raw`^remote\..*\.promisor$`]);
  const [, remote] = /^remote\.(.*)\.promisor true$/m.exec('output' in promisors ? promisors.output : '') ?? [];
  if (remote !== undefined) return remote;
  const extension = await askGit(folder, ['config', 'extensions.partialClone']);
  return 'output' in extension ? extension.output.trim() : null;
}

/** Variables by which no hook runs that a configuration names, as it can since git 2.54. */
async function withoutHooks(folder: string): Promise<{ [name: string]: string }> {
  const named = await askGit(folder, ['config', '-z', '--name-only', '--get-regexp', String.raw`^hook\..*\.command$`]);
  const settings = 'output' in named ? named.output.split('\0').filter(Boolean) : [];
  const entries = settings.flatMap((setting, index) => [
    [`GIT_CONFIG_KEY_${index}`, setting.replace(/command$/, 'enabled')],
    [`GIT_CONFIG_VALUE_${index}`, 'false'],
  ]);
  return { ...Object.fromEntries(entries), GIT_CONFIG_COUNT: `${settings.length}` };
}

/** The failure of a fetch from the origin of a partial clone. */
export function keptBack(folder: string, problem: string): Error {
  return classified(
    'unavailable',
    `contents of the repository ${folder} are at its origin, which does not give them: ${problem}. Run again when it can be reached, or clone it whole`,
  );
}
