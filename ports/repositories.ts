/** One commit of a repository. */
export interface RepositoryCommit {
  /** Its id, 40 or 64 hex digits. */
  commit: string;
  /** Plain files of its tree, links and submodules left out, in the order of their paths. */
  files: RepositoryFile[];
}

interface RepositoryFile {
  path: string;
  /** Id of its content. */
  blob: string;
}

/** A text of a repository that is no file of it. */
export interface RepositoryText {
  /** Path inside the repository under which it is named: `issues/17.md`. */
  path: string;
  text: string;
  /** The commit that it belongs to; left out: none. */
  commit?: string;
}

/** The content of a file; null: it is larger than was asked for. */
export interface BlobContent {
  blob: string;
  bytes: Uint8Array | null;
}

interface CloneRequest {
  /** Whether the contents of a path are fetched. */
  wanted: (path: string) => boolean;
  signal: AbortSignal;
}

/** Reads git repositories as they are: nothing is checked out, no hook or filter of theirs runs. */
export interface Repositories {
  /**
   * Clones the newest commit of a repository, with the contents of the paths that are wanted. What fails by the network or the server is
   * tried again. A folder that is there already is a finished clone. Returns why it cannot be cloned, in git's words; null: it was.
   */
  clone(url: string, folder: string, options: CloneRequest): Promise<string | null>;
  /** The commit that HEAD names; null for a repository without any. Throws `invalid` with git's own words where it is none. */
  head(folder: string): Promise<RepositoryCommit | null>;
  /**
   * Contents in the order of the ids, one at a time. Those that a partial clone has left at its origin are fetched first, all
   * together. Throws `unavailable` where the origin does not give them, and `invalid` where one is missing or damaged.
   */
  contents(folder: string, blobs: readonly string[], options: { largest: number; signal: AbortSignal }): AsyncIterable<BlobContent>;
}
