import { similarityOf, slots } from '../../items/index.ts';
import type { RowChange } from '../../items/index.ts';
import type { OriginRow } from '../group/slices.ts';
import { byOrigin } from '../group/slices.ts';
import { OpenFiles, valuesIn, writeLines } from './files.ts';
import type { DroppedRow, RankOutput } from './files.ts';
import { droppedNumbers, shardOf } from './keep.ts';
import { droppedRow, rowBytes } from './sign.ts';

/** One shard of the clean corpus, and what was dropped in its range. */
export interface WriteJob {
  folder: string;
  /** Texts from the first (inclusive) to the last (exclusive). */
  texts: [number, number];
  /** Whether the range begins with the first text of all, or ends with the last. */
  open: [boolean, boolean];
  signed: SignedRows[];
  /** Texts that go for others, as `keep` wrote them, and which of its entries are in the range. */
  dropped: string;
  gone: [number, number];
}

/** What signing made of one shard of the corpus. */
export interface SignedRows {
  rows: string;
  changed: string;
  dropped: string;
  shard: string;
  lo: string;
  hi: string | null;
  /** Number of its first text among all, and how many it has. */
  offset: number;
  count: number;
}

export type WriteFile = 'kept' | 'dropped';

export interface WriteFacts {
  kept: number;
  /** Origin of the first row that stays. */
  first: string;
  reasons: { [reason: string]: number };
}

/** Writes the rows that stay in the order of their origins, and those that go with their reasons. */
export async function write(job: WriteJob): Promise<RankOutput<WriteFile, WriteFacts>> {
  using files = new OpenFiles();
  const { kept, near } = readEntries(files, job);
  const range = job.texts.map((text, end) => (job.open[end] ? null : originOf(files, job.signed, text)));
  // Of equal texts the one that stays explains the others, and where none does, the first.
  const entries = new Map([...near.toReversed(), ...kept].map((entry) => [entry.row.origin, entry]));
  const dropped = [...droppedInRange(job.signed, range), ...near.map(rowOfNear)];
  const gone = dropped.map((row) => explained(row, entries.get(row.origin))).sort(inOrder);
  const rows = kept.map(({ row }) => row).sort(byOrigin);
  const reasons: WriteFacts['reasons'] = {};
  for (const { reason } of gone) reasons[reason] = (reasons[reason] ?? 0) + 1;
  return {
    files: {
      kept: writeLines(job.folder, 'kept', rows.map((row) => JSON.stringify(row))),
      dropped: writeLines(job.folder, 'dropped', gone.map((row) => JSON.stringify(row))),
    },
    facts: { kept: rows.length, first: rows[0]?.origin ?? '', reasons },
  };
}

interface TextEntry {
  row: OriginRow;
}

/** A text that goes because one that stays is similar to it. */
interface NearEntry extends TextEntry {
  witness: string;
  similarity: number;
}

function readEntries(files: OpenFiles, { texts: [from, to], signed, dropped, gone }: WriteJob): { kept: TextEntry[]; near: NearEntry[] } {
  const numbers = files.numbers(dropped, gone[0] * droppedNumbers, (gone[1] - gone[0]) * droppedNumbers);
  const witnesses = new Map<number, [witness: number, matches: number]>();
  for (let at = 0; at < numbers.length; at += droppedNumbers)
    witnesses.set(numbers[at] ?? 0, [numbers[at + 1] ?? 0, numbers[at + 2] ?? 0]);
  const [kept, near]: [TextEntry[], NearEntry[]] = [[], []];
  for (const shard of signed.filter(({ offset, count }) => offset < to && offset + count > from)) {
    for (const { text, ...entry } of entriesOf(files, shard, [from, to])) {
      const [witness, matches] = witnesses.get(text) ?? [null, slots];
      if (witness === null) kept.push(entry);
      else near.push({ ...entry, witness: originOf(files, signed, witness), similarity: rounded(similarityOf(matches)) });
    }
  }
  return { kept, near };
}

/** Entries of a shard in a range of texts, in their order. */
function entriesOf(files: OpenFiles, shard: SignedRows, [from, to]: [number, number]): (TextEntry & { text: number })[] {
  const [first, last] = [Math.max(0, from - shard.offset), Math.min(shard.count, to - shard.offset)];
  const places = Buffer.from(files.read(shard.rows, first * rowBytes, (last - first) * rowBytes).buffer);
  const changes = changesIn(shard.changed);
  const rows = [...valuesIn<OriginRow>(shard.shard)];
  return Array.from({ length: last - first }, (_, at) => {
    const row = rows[places.readUInt32LE((at + 1) * rowBytes - 4)] as OriginRow;
    return { text: shard.offset + first + at, row: { ...row, ...changes.get(first + at) } };
  });
}

function changesIn(path: string): Map<number, RowChange> {
  return new Map(Array.from(valuesIn<{ index: number; change: RowChange }>(path), ({ index, change }) => [index, change]));
}

/** Digest of a text by its number. */
function originOf(files: OpenFiles, signed: readonly SignedRows[], text: number): string {
  const shard = signed[shardOf(signed, text)];
  if (!shard) throw new Error(`there is no text ${text}`);
  return Buffer.from(files.read(shard.rows, (text - shard.offset) * rowBytes, 32)).toString('hex');
}

/** Rows that signing dropped, of a range of origins; null is an open end. */
function droppedInRange(signed: readonly SignedRows[], [lo = null, hi = null]: (string | null)[]): DroppedRow[] {
  const overlapping = signed.filter((shard) => (hi === null || shard.lo < hi) && (lo === null || shard.hi === null || shard.hi >= lo));
  const rows = overlapping.flatMap(({ dropped }) => [...valuesIn<DroppedRow>(dropped)]);
  return rows.filter(({ origin }) => (lo === null || origin >= lo) && (hi === null || origin < hi));
}

function rowOfNear({ row, witness, similarity }: NearEntry): DroppedRow {
  return droppedRow(row, { reason: 'near-duplicate', witness, similarity });
}

/** A row whose text has come to another end in a row before it is a duplicate of what stays in its place. */
function explained(row: DroppedRow, entry: TextEntry | NearEntry | undefined): DroppedRow {
  if (!entry || row.ordinal < entry.row.ordinal) return row;
  if (!('witness' in entry)) return { ...row, reason: 'duplicate', detail: '', witness: row.origin, similarity: 1 };
  return { ...row, reason: 'near-duplicate', detail: '', witness: entry.witness, similarity: entry.similarity };
}

function inOrder(a: DroppedRow, b: DroppedRow): number {
  return byOrigin(a, b) || (a.path < b.path ? -1 : 1);
}

function rounded(similarity: number): number {
  return Math.round(similarity * 10_000) / 10_000;
}
