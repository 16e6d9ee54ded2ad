import type { Digest } from '../plan/index.ts';
import type { Usage } from './endpoint.ts';

/** Origins from `lo` (inclusive) to `hi` (exclusive) by string order; `''` and `null` are the two open ends. */
export interface LedgerRange {
  generationKey: Digest;
  lo: Digest | '';
  hi: Digest | null;
}

/** One paid answer, unchanged: each reader decides whether it can be used. */
export interface LedgerRecord {
  /** Hash of everything that was sent. */
  request: Digest;
  /** Digest of the source item the request was made from. */
  origin: Digest;
  text: string;
  finish_reason: string;
  usage: Usage | null;
  /** Model name the endpoint reported. */
  model: string;
  /** Hash of text, finish_reason, usage and model; filled in by `append`. */
  answer_digest: Digest;
  /** The execution that paid for it. */
  by: string;
  /** The round in which items without a usable answer were asked for again; absent: the first time. */
  round?: number;
  /** Why there is no answer, of a request that failed alone; such a record is in no ledger. */
  failure?: string;
}

/** Answers paid for, found again by generation key, origin range and request. */
export interface Ledger {
  /** A new segment, owned by the caller alone; its file is made by the first append. */
  open(options: LedgerRange & { step: string; attempt: string }): LedgerSegment;
  /**
   * Every whole record whose origin lies in the range, of all segments; damaged bytes are passed over, with a warning that names
   * the segment.
   */
  records(range: LedgerRange): AsyncIterable<LedgerRecord>;
  /** The same by request; of several answers to a request the one with the smallest digest. */
  read(range: LedgerRange): Promise<Map<Digest, LedgerRecord>>;
}

export interface LedgerSegment {
  /**
   * Resolves with the full record once its commit group (at most 64 records, at most 20 ms) is on disk, or, of a store in a bucket, in the
   * bucket. Rejects when the disk is full; every later append then rejects too, and what was resolved before stays readable.
   */
  append(record: Omit<LedgerRecord, 'answer_digest'>): Promise<LedgerRecord>;
  /** Commits what is pending and closes the file; appending afterwards rejects. */
  close(): Promise<void>;
}
