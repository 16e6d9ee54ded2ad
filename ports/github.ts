import type { RepositoryText } from './repositories.ts';

/** A repository that a search has found. */
export interface FoundRepository {
  /** Stays when the repository is renamed. */
  id: number;
  /** `owner/name`. */
  name: string;
  /** Where git clones it from. */
  url: string;
  /** SPDX identifier; empty where GitHub knows none. */
  licence: string;
}

/** Texts around the code of a repository. */
export type MetadataKind = 'commits' | 'issues' | 'pulls' | 'discussions';

interface SearchQuery {
  /** In the words of GitHub. */
  query: string;
  /** One search for each; none: one search. */
  languages: readonly string[];
}

/**
 * Asks GitHub. Limits are waited out, errors of the server are asked again. Throws `auth` for a refused token, `invalid` for a refused
 * query, and `unavailable` where GitHub does not answer.
 */
export interface Github {
  /** Every repository that a query finds; some may come twice. */
  search(query: SearchQuery): AsyncIterable<FoundRepository>;
  /** Texts of one kind, a page of them in memory at a time; none for a repository that is gone or has them switched off. */
  texts(name: string, kind: MetadataKind): AsyncIterable<RepositoryText>;
  /** Whether a repository is still there. */
  isThere(name: string): Promise<boolean>;
}

/** Opens a connection to GitHub, which the signal ends. `folder` keeps its answers. */
export type OpenGithub = (options: { folder: string; signal: AbortSignal }) => Promise<Github>;
