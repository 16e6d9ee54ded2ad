import type { RepositoryCommit } from '../../ports/repositories.ts';
import { askGit, git } from './git-process.ts';

/** The commit of HEAD with its files; null for a repository without any. */
export async function headOf(folder: string): Promise<RepositoryCommit | null> {
  await git(folder, ['rev-parse', '--git-dir']);
  const found = await askGit(folder, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if ('problem' in found) return null;
  const commit = found.output.trim();
  const tree = await git(folder, ['ls-tree', '-r', '-z', '--full-tree', commit]);
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
  const promisors = await askGit(folder, ['config', '--get-regexp', String.raw`^remote\..*\.promisor$`]);
  const [, remote] = /^remote\.(.*)\.promisor true$/m.exec('output' in promisors ? promisors.output : '') ?? [];
  if (remote === undefined || blobs.length === 0) return null;
  const objects = await git(folder, ['rev-list', '--objects', '--no-walk', '--missing=print', 'HEAD'], { signal });
  const missing = new Set(objects.match(/^\?[0-9a-f]+$/gm)?.map((line) => line.slice(1)));
  const wanted = blobs.filter((blob) => missing.has(blob));
  if (wanted.length === 0) return null;
  const quiet = ['--quiet', '--upload-pack=git-upload-pack', '--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--filter=blob:none', '--stdin'];
  const fetch = ['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', remote, ...quiet];
  const said = await askGit(folder, fetch, { input: `${wanted.join('\n')}\n`, signal });
  return 'problem' in said ? said.problem : null;
}
