import {
  bandHash,
  bands,
  buckets,
  bytesOfSignature,
  contaminationIndex,
  createRules,
  languageHash,
  shinglesOf,
  signatureOf,
  slots,
} from '../../items/index.ts';
import type { BenchmarkItem, RowChange, Rules, RulesOptions } from '../../items/index.ts';
import type { OriginRow } from '../group/slices.ts';
import { bytesOf, valuesIn, writeBytes, writeLines } from './files.ts';
import type { DroppedRow, RankOutput } from './files.ts';

/** A shard of the corpus, or of an earlier clean corpus, whose texts all stay. */
export interface SignJob {
  folder: string;
  /** Path of the shard. */
  shard: string;
  /** Paths of the shards of the earlier corpus that may have equal texts. */
  before: string[];
  /** What texts have to be like; null for a shard of the earlier corpus. */
  rules: RulesOptions | null;
  /** Path of the items of the benchmarks that the rules name; null: none. */
  benchmarks: string | null;
  /** Whether near duplicates are looked for. */
  near: boolean;
}

export type SignFile = 'rows' | 'bytes' | 'bands' | 'dropped' | 'changed';

export interface SignFacts {
  /** Rows that were looked at. */
  seen: number;
  /** Texts that may stay: the entries of the files. */
  count: number;
  /** Origins of the first and of the last of them. */
  first: string | null;
  last: string | null;
}

/** Bytes of an entry of `rows`: the digest of the text, and in 32 bits the number of its line. */
export const rowBytes = 36;

/** Marks entries that are not of the earlier corpus, so that they come after all that are. */
export const newEntry = 2 ** 31;

/** Numbers in the head of `bands`: where each bucket of each band starts, in entries, and where the last one ends. */
export const bandsHead = bands * buckets + 1;

interface SignedEntry {
  row: OriginRow;
  line: number;
  /** What takes the place of the row's own. */
  change: RowChange;
}

/**
 * Has the rules look at every text once, equal ones aside, and signs those that may stay. `rows`, `bytes` (of the signatures) and
 * `bands` have an entry each, in the order of the origins; `changed` what rules replaced.
 */
export async function sign(job: SignJob): Promise<RankOutput<SignFile, SignFacts>> {
  const { folder, near } = job;
  const rows = Array.from(valuesIn<OriginRow>(job.shard), (row, line) => ({ row, line }));
  const { entries, dropped } = await divided(rows, { rules: await rulesOf(job), before: placesBefore(rows, job.before) });
  const changed = entries.flatMap(({ change }, index) => (Object.keys(change).length === 0 ? [] : [JSON.stringify({ index, change })]));
  const endOf = (entry: SignedEntry | undefined) => entry?.row.origin ?? null;
  const signed = signEntries(near ? entries : [], job.rules === null ? 0 : newEntry);
  return {
    files: {
      rows: writeBytes(folder, 'rows', ...entries.map(rowOfEntry)),
      bytes: writeBytes(folder, 'bytes', signed.bytes),
      bands: writeBytes(folder, 'bands', bytesOf(signed.starts), bytesOf(signed.entries)),
      dropped: writeLines(folder, 'dropped', dropped.map((row) => JSON.stringify(row))),
      changed: writeLines(folder, 'changed', changed),
    },
    facts: { seen: rows.length, count: entries.length, first: endOf(entries[0]), last: endOf(entries.at(-1)) },
  };
}

let latest: { options: string; rules: Promise<Rules> } | null = null;

/** Rules take longer to make than a rank may take, so a thread makes them once. */
async function rulesOf({ rules: options, benchmarks }: SignJob): Promise<Rules | null> {
  if (options === null) return null;
  const asked = JSON.stringify(options);
  if (latest?.options !== asked) {
    const items = benchmarks === null ? null : [...valuesIn<BenchmarkItem>(benchmarks)];
    latest = { options: asked, rules: createRules(options, items && contaminationIndex(items)) };
  }
  return latest.rules;
}

type ShardRow = Omit<SignedEntry, 'change'>;

/** Where the earlier corpus has the texts that the shard has as well, by origin. */
function placesBefore(rows: readonly ShardRow[], paths: readonly string[]): Map<string, string> {
  const own = new Set(rows.map(({ row }) => row.origin));
  const places = new Map<string, string>();
  for (const path of paths) for (const row of valuesIn<OriginRow>(path)) if (own.has(row.origin)) places.set(row.origin, placeOfFile(row));
  return places;
}

/** Rows that may stay, and those that go. A file that the earlier corpus has is neither. `rules`: null where all rows stay. */
async function divided(
  rows: readonly ShardRow[],
  { rules, before }: { rules: Rules | null; before: Map<string, string> },
): Promise<{ entries: SignedEntry[]; dropped: DroppedRow[] }> {
  const entries: SignedEntry[] = [];
  const dropped: DroppedRow[] = [];
  for (const { row, line } of rows) {
    const known = before.get(row.origin);
    if (known === placeOfFile(row)) continue;
    const isDuplicate = known !== undefined || (rules !== null && entries.at(-1)?.row.origin === row.origin);
    const why = isDuplicate ? { reason: 'duplicate', witness: row.origin, similarity: 1 } : null;
    const verdict = why ?? (rules && (await rules({ ...textOf(row), ...provenanceOf(row) })));
    if (verdict && 'reason' in verdict) dropped.push(droppedRow(row, verdict));
    else entries.push({ row, line, change: verdict ?? {} });
  }
  return { entries, dropped };
}

function placeOfFile({ repository, path }: OriginRow): string {
  return JSON.stringify([repository, path]);
}

/** A row that goes, with what is said of it. */
export function droppedRow(row: OriginRow, why: Partial<DroppedRow> & { reason: string }): DroppedRow {
  const { origin, ordinal } = row;
  return { origin, ordinal, ...provenanceOf(row), detail: '', witness: '', similarity: null, ...why };
}

function textOf({ text }: OriginRow): { text: string } {
  return { text: String(text) };
}

function provenanceOf({ repository, path, commit, licence, language }: OriginRow) {
  return { repository, path, commit, licence, language } as Pick<DroppedRow, 'repository' | 'path' | 'commit' | 'licence' | 'language'>;
}

function rowOfEntry({ row: { origin }, line }: SignedEntry): Uint8Array {
  const bytes = Buffer.alloc(rowBytes);
  bytes.write(origin, 'hex');
  bytes.writeUInt32LE(line, rowBytes - 4);
  return bytes;
}

/** Signatures as bytes, and entries of bands, two numbers each, in the order of bands and buckets: hash, and index with a mark. */
function signEntries(entries: readonly SignedEntry[], mark: number): { bytes: Uint8Array; starts: Uint32Array; entries: Uint32Array } {
  const bytes = new Uint8Array(entries.length * slots);
  const starts = new Uint32Array(bandsHead);
  const placed: { bucket: number; hash: number; index: number }[] = [];
  for (const [index, { row, change }] of entries.entries()) {
    const signature = signatureOf(shinglesOf(change.text ?? textOf(row).text));
    if (!signature) continue;
    bytes.set(bytesOfSignature(signature), index * slots);
    const language = languageHash(change.language ?? String(row['language']));
    for (let band = 0; band < bands; band += 1) {
      const { hash, bucket } = bandHash(signature, band, language);
      placed.push({ bucket: band * buckets + bucket, hash, index: index + mark });
    }
  }
  for (const { bucket } of placed) starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
  for (let at = 1; at < bandsHead; at += 1) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  const next = starts.slice();
  const sorted = new Uint32Array(placed.length * 2);
  for (const { bucket, hash, index } of placed) {
    const at = next[bucket] ?? 0;
    sorted[2 * at] = hash;
    sorted[2 * at + 1] = index;
    next[bucket] = at + 1;
  }
  return { bytes, starts, entries: sorted };
}
