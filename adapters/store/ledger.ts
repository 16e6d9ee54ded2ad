import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Ledger, LedgerRange, LedgerRecord } from '../../ports/ledger.ts';
import type { Digest } from '../../plan/index.ts';
import { hasCode } from '../../ports/failure.ts';
import { warnOfDamage } from './damaged.ts';
import { readIfThere } from './files.ts';
import { decodeSegment } from './ledger-frames.ts';
import { openSegment } from './ledger-segment.ts';

/** The ledger in a folder of the store `root`: `<generation key>/<lo>-<hi>.<step>.<attempt>.<nonce>.seg`. */
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
      return openSegment({ path: join(folder, range.generationKey, name), root });
    },
    records,
    read,
  };
}

/** Names of the segments that may have origins in the range; the names include 16 digits of each end. */
async function segmentsOf(place: string, range: LedgerRange): Promise<string[]> {
  const names = await readdir(place).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  return names.toSorted().filter((name) => {
    const ends = /^([0-9a-f]{16})-([0-9a-f]{16})\..*\.seg$/.exec(name);
    return ends?.[1] !== undefined && ends[2] !== undefined && ends[1] <= highName(range) && lowName(range) <= ends[2];
  });
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
