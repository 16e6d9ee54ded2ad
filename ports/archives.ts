/** A plain file in an archive. */
export interface ArchivedFile {
  /** With `/` between its parts, without `./` or `/` at its beginning. */
  path: string;
  /** Null: it is larger than was asked for, or was not asked for. */
  bytes: Uint8Array | null;
}

/** What in an archive is no plain file, or has a name that is not UTF-8. */
export interface OddEntry {
  path: string;
  reason: 'no-plain-file' | 'odd-name';
}

/** Reads tarballs, plain or compressed with gzip or zstd, in a stream: nothing is unpacked to the disk. */
export interface Archives {
  /**
   * The entries of an archive in their order, without its folders. Of files the contents are read if they are asked for and have at
   * most `largest` bytes. Rejects where the archive is broken, with the entries before that already given.
   */
  entries(file: string, asked: { isWanted: (path: string) => boolean; largest: number }): AsyncIterable<ArchivedFile | OddEntry>;
}
