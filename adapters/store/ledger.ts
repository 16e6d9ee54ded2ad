import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Ledger, LedgerRange, LedgerRecord } from '../../ports/ledger.ts';
import type { Digest } from '../../plan/index.ts';
import { hasCode } from '../../ports/failure.ts';
import { warnOfDamage } from './damaged.ts';
import { readIfThere } from './files.ts';
import { decodeSegment } from './ledger-frames.ts';
import { openSegment } from './ledger-segment.ts';

/** The ledger in a folder of the store `root`: `<generation key>/<first two digits>/<lo>-<hi>.<step>.<attempt>.<nonce>.seg`. */
export function openLedger(options: { folder: string; root: string }): Ledger {
  const { folder, root } = options;

  async function* records(range: LedgerRange): AsyncGenerator<LedgerRecord> {
    checkRange(range);
    const place = join(folder, range.generationKey);
    for (const name of await segmentsOf(place, range)) {
      const bytes = await readIfThere(join(place, name));
      if (!bytes) continue;
      const warn = (lost: number) =>
        warnOfDamage(
          root,
          relative(root, join(place, name)),
          `${lost} bytes of paid answers cannot be read, and those are asked for again`,
        );
      for (const record of decodeSegment(bytes, warn)) if (contains(range, record.origin)) yield record;
    }
  }

  const read = async (range: LedgerRange): Promise<Map<Digest, LedgerRecord>> => {
    const found = new Map<Digest, LedgerRecord>();
    for await (const record of records(range)) {
      const other = found.get(record.request);
      if (!other || record.answer_digest < other.answer_digest) found.set(record.request, record);
    }
    return found;
  };

  return {
    open: ({ step, attempt, ...range }) => {
      checkRange(range);
      const nonce = randomBytes(8).toString('hex');
      const name = `${lowName(range)}-${highName(range)}.${plain(step)}.${plain(attempt)}.${nonce}.seg`;
      return openSegment({ path: join(folder, range.generationKey, folderOf(range), name), root });
    },
    records,
    read,
  };
}

/** The segments that may have origins in the range, by their paths in the key's folder; names include 16 digits of each end. */
async function segmentsOf(place: string, range: LedgerRange): Promise<string[]> {
  const entries = await entriesOf(place);
  const isOpen = (folder: string) => /^[0-9a-f]{2}$/.test(folder) && firstFolder(range) <= folder && folder <= lastFolder(range);
  const folders = entries.filter((entry) => entry.isDirectory() && isOpen(entry.name)).map(({ name }) => name).toSorted();
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name).toSorted();
  for (const folder of folders) {
    const own = (await entriesOf(join(place, folder))).map(({ name }) => join(folder, name));
    names.push(...own.toSorted());
  }
  return names.filter((name) => {
    const ends = /([0-9a-f]{16})-([0-9a-f]{16})\.[^/]*\.seg$/.exec(name);
    return ends?.[1] !== undefined && ends[2] !== undefined && ends[1] <= highName(range) && lowName(range) <= ends[2];
  });
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
}

/** The folder of a range's segments: two digits where all its origins begin with them, else the folder of the key itself. */
function folderOf(range: LedgerRange): string {
  return firstFolder(range) === lastFolder(range) ? firstFolder(range) : '';
}

function firstFolder({ lo }: Pick<LedgerRange, 'lo'>): string {
  return lo.slice(0, 2).padEnd(2, '0');
}

/** The first two digits of the last origin below an upper end. */
function lastFolder({ hi }: Pick<LedgerRange, 'hi'>): string {
  if (hi === null) return 'ff';
  const digits = Number.parseInt(hi.slice(0, 2).padEnd(2, '0'), 16);
  const isBorder = /^0*$/.test(hi.slice(2));
  return Math.max(0, isBorder ? digits - 1 : digits).toString(16).padStart(2, '0');
}

function contains({ lo, hi }: LedgerRange, origin: Digest): boolean {
  return origin >= lo && (hi === null || origin < hi);
}

function lowName({ lo }: LedgerRange): string {
  return lo.slice(0, 16).padEnd(16, '0');
}

/** The digits of an upper end: no origin of the range is above. */
function highName({ hi }: LedgerRange): string {
  return (hi ?? '').slice(0, 16).padEnd(16, 'f');
}

function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 60);
}

function checkRange({ generationKey, lo, hi }: LedgerRange): void {
  const hex = /^[0-9a-f]*$/;
  if (hex.test(generationKey) && generationKey !== '' && hex.test(lo) && hex.test(hi ?? '')) return;
  throw new Error(`not a range of the ledger: key ${generationKey}, from ${lo} to ${hi ?? 'the end'}; digests are expected`);
}
