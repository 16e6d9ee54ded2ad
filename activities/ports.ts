import type { Digest, FailureClass, FailureDetails, JsonObject, ModelUse, Span } from '../plan/index.ts';

/**
 * An error that says how it is counted. Rooms share no error classes: whoever catches looks for `class`. The message
 * names the thing, what happened and the next action.
 */
export interface ClassifiedError extends Error, FailureDetails {
  readonly class: FailureClass;
}

/** A folder (later a bucket) of content-addressed blobs and write-once names. Bytes that were written never change. */
export interface Store {
  /** Random identity made with the store; part of the ids of the workflows that write into it. */
  readonly id: string;
  /** Absolute path. */
  readonly root: string;
  readonly ledger: Ledger;
  /** Durable when the promise resolves. Equal bytes are stored once. */
  putBytes(bytes: Uint8Array): Promise<Digest>;
  /** Takes a finished file in, by hard link where possible: the file must not be written again. */
  putFile(path: string): Promise<{ digest: Digest; bytes: number }>;
  /** The bytes, their hash checked; throws a ClassifiedError for bytes that are missing or damaged. */
  getBytes(digest: Digest): Promise<Uint8Array>;
  /** Absolute path of a blob for a process that reads it; checked like `getBytes`, once per process and file state. */
  pathOf(digest: Digest): Promise<string>;
  has(digest: Digest): Promise<boolean>;
  /** Write-once: exactly one caller of all processes wins a name; `bytes` are the winner's in any case. */
  publish(name: string, bytes: Uint8Array): Promise<{ won: boolean; bytes: Uint8Array }>;
  read(name: string): Promise<Uint8Array | null>;
  /** Published names that start with the prefix, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Overwritable status, readable at any time as a whole; durable when the promise resolves. */
  note(name: string, bytes: Uint8Array): Promise<void>;
  readNote(name: string): Promise<Uint8Array | null>;
  listNotes(prefix: string): Promise<string[]>;
  /** Absolute path of `jobs/<name>`, made if it is not there. */
  scratch(name: string): Promise<string>;
  /** Bytes free for us, and bytes that must stay free so that what is paid for can still be written. */
  space(): Promise<{ free: number; reserve: number }>;
  /** Throws a ClassifiedError named `DiskFull` when less is free than the reserve. Ask before paying for anything. */
  assertSpace(): Promise<void>;
}

/** Origins from `lo` (inclusive) to `hi` (exclusive) by string order; `''` and `null` are the two open ends. */
export interface LedgerRange {
  generationKey: Digest;
  lo: Digest | '';
  hi: Digest | null;
}

/** One paid answer. */
export interface LedgerRecord {
  /** Hash of everything that was sent. */
  request: Digest;
  /** Digest of the source item the request was made from. */
  origin: Digest;
  /** `answer`, or the reason why the text is not one, for example `length` or `empty`. */
  outcome: string;
  text: string;
  finish_reason: string;
  usage: Usage | null;
  /** Model name the endpoint reported. */
  model: string;
  /** Hash of outcome, text, finish_reason, usage and model; filled in by `append`. */
  answer: Digest;
  /** The execution that paid for it. */
  by: string;
}

/** Answers paid for, found again by generation key, origin range and request. */
export interface Ledger {
  /** A new segment, owned by the caller alone; its file is made by the first append. */
  open(options: LedgerRange & { step: string; attempt: string }): LedgerSegment;
  /** Every whole record whose origin lies in the range, of all segments; a damaged frame ends its segment. */
  records(range: LedgerRange): AsyncIterable<LedgerRecord>;
  /** The same by request; of several answers to a request the one with the smallest digest. */
  read(range: LedgerRange): Promise<Map<Digest, LedgerRecord>>;
}

export interface LedgerSegment {
  /**
   * Resolves with the full record once its commit group (at most 64 records, at most 20 ms) is on disk. Rejects when the
   * disk is full; every later append then rejects too, and what was resolved before stays readable.
   */
  append(record: Omit<LedgerRecord, 'answer'>): Promise<LedgerRecord>;
  /** Commits what is pending now. */
  flush(): Promise<void>;
  /** Commits what is pending and closes the file; appending afterwards rejects. */
  close(): Promise<void>;
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
}

/** What a model said. Whether it counts as a whole answer (finish reason, empty text) is the caller's to judge. */
export interface Answer {
  text: string;
  finish_reason: string;
  usage: Usage | null;
  model: string;
}

export interface CompletionRequest {
  messages: { role: 'system' | 'user' | 'assistant'; content: string }[];
  sampling: ModelUse['sampling'];
  stop: string[];
  seed: number;
  signal: AbortSignal;
}

/** One endpoint and model. All clients of an endpoint in a process share its limit of requests in flight. */
export interface EndpointClient {
  /**
   * Asks once and returns an answer, or throws a ClassifiedError: passing trouble is tried again inside for a bounded
   * number of times first. A prompt that does not fit into the context is the answer `prompt_too_long`, without text. An
   * abort ends the request at once and rejects with the signal's reason.
   */
  complete(request: CompletionRequest): Promise<Answer>;
}

/** Endpoints of the operator's configuration, ready to be asked; servers we run ourselves are started on demand. */
export interface ModelServers {
  /** Throws a ClassifiedError when the endpoint is unknown, its weights are missing or its server does not start. */
  acquire(endpoint: string, options?: { signal?: AbortSignal }): Promise<AcquiredEndpoint>;
  /** Stops every server nobody holds now, without waiting for its linger time, and verifies that it is gone. */
  stopIdle(): Promise<void>;
  /** Stops every server. */
  stop(): Promise<void>;
}

export interface AcquiredEndpoint {
  /** Base URL that ends in `/v1`. */
  url: string;
  client: EndpointClient;
  /** A server that nobody holds stops after a while (15 s unless told). Releasing twice is the same as once. */
  release(): void;
}

/** One try of one job; the pair names it for ever, so that it is found again after any crash. */
export interface JobRef {
  job: string;
  attempt: string;
}

export interface JobRequest extends JobRef {
  /** Program and arguments, no shell. */
  argv: [string, ...string[]];
  /** Added to a short list of harmless variables; nothing else is inherited. */
  env: { [name: string]: string };
  cwd: string;
}

export type JobState =
  /** Never submitted here. */
  | { state: 'absent' }
  | { state: 'running'; pid: number }
  /** Over; whether it succeeded is said by the result it wrote, not by this. */
  | { state: 'exited'; failure: ProcessFailure | null };

/** How a process ended that did not end with 0. */
export interface ProcessFailure {
  command: string;
  /** Null when a signal ended it or nobody saw it end. */
  exit: number | null;
  signal: string | null;
  timedOut: boolean;
  cancelled: boolean;
  /** Last lines of its standard error. */
  stderr: string;
}

/** Processes that outlive the worker that started them. */
export interface Launcher {
  /** Starts the job unless this attempt was ever submitted, by whomever; either way its state now. */
  submit(request: JobRequest): Promise<JobState>;
  /** The state of an attempt that somebody submitted earlier. Works in every process of this machine. */
  poll(ref: JobRef): Promise<JobState>;
  /**
   * SIGTERM to the launched process, after `graceMs` SIGKILL to it and everything it started; resolves when no process
   * of the attempt is left. An attempt that was cancelled before it was submitted can not be submitted any more.
   */
  cancel(ref: JobRef, options: { graceMs: number }): Promise<void>;
  /** When an attempt ran; while it does, until now. null for one that never started. */
  ran(ref: JobRef): Promise<Span | null>;
  /** Last bytes of an output stream (8 KiB unless told). */
  tail(ref: JobRef, options: { stream: 'stdout' | 'stderr'; bytes?: number }): Promise<string>;
  /** Absolute path of the attempt's folder, made if it is not there: its files, `stdout.log` and `stderr.log`. */
  folder(ref: JobRef): Promise<string>;
}

/** Runs a short program to its end; rejects with the failure as `cause` of a ClassifiedError `job-failed`. */
export type RunProcess = (options: {
  argv: [string, ...string[]];
  env?: { [name: string]: string };
  cwd: string;
  /** Milliseconds. */
  timeout?: number;
  signal?: AbortSignal;
}) => Promise<{ stdout: string; stderr: string }>;

/** One file of an artifact. */
export interface ArtifactShard {
  digest: Digest;
  rows: number;
  bytes: number;
  /** File name, where the artifact is a folder. */
  name?: string;
}

/** What a step hands on. Stored as canonical JSON; the digest of that is the artifact's. */
export interface Manifest {
  format: 1;
  type: string;
  rows: number;
  shards: ArtifactShard[];
  meta: JsonObject;
}

/** Types of parquet columns; `?` marks those that may hold null. */
export type ColumnType = 'string' | 'string?' | 'int' | 'int?' | 'double' | 'double?' | 'boolean' | 'list<string>';
export type Columns = { [column: string]: ColumnType };
export type Row = JsonObject;

/** Reading and writing artifacts. Equal rows make equal bytes. */
export interface Artifacts {
  writeManifest(manifest: Omit<Manifest, 'format'>): Promise<Digest>;
  readManifest(digest: Digest): Promise<Manifest>;
  /** One zstd-compressed JSON Lines shard. */
  writeJsonl(rows: Iterable<object>): Promise<ArtifactShard>;
  readJsonl<T extends object = Row>(digest: Digest): Promise<T[]>;
  /** Parquet shards of at most 100,000 rows, in order; one empty shard where there are no rows. */
  writeParquet(options: { columns: Columns; rows: Iterable<object> | AsyncIterable<object> }): Promise<ArtifactShard[]>;
  readParquet<T extends object = Row>(digest: Digest): Promise<T[]>;
  /** All rows of an artifact in order, shard by shard, whichever of the two formats its shards have. */
  rows<T extends object = Row>(artifact: Digest): AsyncIterable<T>;
}
