import type { Digest } from '../plan/index.ts';
import type { Ledger } from './ledger.ts';

/** Content-addressed blobs and write-once names in a folder or in a bucket. Bytes that were written never change. */
export interface Store {
  /** Random identity made with the store; part of the ids of the workflows that write into it. */
  readonly id: string;
  /** Absolute path of its folder: of a store in a bucket, the copies and the scratch folders of this machine. */
  readonly root: string;
  /** URL of the bucket that it is in; null: it is in the folder. */
  readonly bucket: string | null;
  readonly ledger: Ledger;
  readonly files: StoredFiles;
  /** Durable when the promise resolves. Equal bytes are stored once. */
  putBytes(bytes: Uint8Array): Promise<Digest>;
  /** Takes a finished file in, by hard link where possible: the file must not be written again. */
  putFile(path: string): Promise<{ digest: Digest; bytes: number }>;
  /**
   * The bytes, their hash checked; throws a ClassifiedError of the class `data-lost` for bytes that are missing. Damaged ones are set
   * aside, so that they count as missing.
   */
  getBytes(digest: Digest): Promise<Uint8Array>;
  /** Absolute path of a blob for a process that reads it; checked like `getBytes`, once per process and file state. */
  pathOf(digest: Digest): Promise<string>;
  has(digest: Digest): Promise<boolean>;
  /** Write-once: exactly one caller of all processes wins a name; `bytes` are the winner's in any case. */
  publish(name: string, bytes: Uint8Array): Promise<{ won: boolean; bytes: Uint8Array }>;
  /** What a name holds; null if there is nothing, or it was damaged and is set aside. */
  read(name: string): Promise<Uint8Array | null>;
  /** Marks what is under a name as used now, so that `gc` keeps it for as long as something new: for a reader that builds on it. */
  renew(name: string): Promise<void>;
  /** Moves what a name holds, which is damaged, into the folder of damaged files: from now on there is nothing under the name. */
  setAside(name: string): Promise<void>;
  /** What was found damaged, by its path in the store; what it held counts as never made. */
  damaged(): Promise<string[]>;
  /** Published names that start with the prefix, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Overwritable status, readable at any time as a whole; durable when the promise resolves. */
  note(name: string, bytes: Uint8Array): Promise<void>;
  /** null: there is no such note. Throws a ClassifiedError of the class `data-lost` for one that is damaged, which stays where it is. */
  readNote(name: string): Promise<Uint8Array | null>;
  listNotes(prefix: string): Promise<string[]>;
  /** Nothing happens if there is no such note. */
  removeNote(name: string): Promise<void>;
  /** Absolute path of `jobs/<name>`, made if it is not there. */
  scratch(name: string): Promise<string>;
  /** Throws a ClassifiedError named `DiskFull` when less is free than the reserve. Ask before paying for anything. */
  assertSpace(): Promise<void>;
}

/** A file of a store by its path in it, for example `names/results/…`; in a bucket, an object by its key. */
export interface StoredFile {
  file: string;
  bytes: number;
  /** When it was written or last used for something new, milliseconds since the epoch. */
  used: number;
}

/** The files that a store consists of, for those who look at all of them: paths, hashes and ages instead of names and digests. */
export interface StoredFiles {
  /** Those below a folder, of which few are in memory at a time. */
  list(folder: string): AsyncIterable<StoredFile>;
  /** null: there is no such file. */
  read(file: string): Promise<Uint8Array | null>;
  /** The first bytes of a file that has at least so many. */
  readStart(file: string, bytes: number): Promise<Uint8Array>;
  /** The SHA-256 of a file's bytes; null: there is no such file. */
  hash(file: string): Promise<Digest | null>;
  /** Writes a new file, durably. */
  create(file: string, bytes: Uint8Array): Promise<void>;
  /**
   * Deletes a file unless it has been used since `before`, milliseconds since the epoch; false if it stays. Default: however new it is.
   */
  remove(file: string, before?: number): Promise<boolean>;
  /** Moves a damaged file into the folder of damaged files of this machine. */
  setAside(file: string): Promise<void>;
}
