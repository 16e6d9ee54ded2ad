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

/** The content of a file; null: it is not in the repository, or larger than was asked for. */
export interface BlobContent {
  blob: string;
  bytes: Uint8Array | null;
}

/** Reads git repositories as they are: nothing is checked out, no hook or filter of theirs runs. */
export interface Repositories {
  /** The commit that HEAD names; null for a repository without any. Throws `invalid` with git's own words where it is none. */
  head(folder: string): Promise<RepositoryCommit | null>;
  /**
   * Contents in the order of the ids, one at a time. Those that a partial clone has left at its origin are fetched first, all
   * together.
   */
  contents(folder: string, blobs: readonly string[], options: { largest: number }): AsyncIterable<BlobContent>;
}
