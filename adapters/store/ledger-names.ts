import { randomBytes } from 'node:crypto';
import type { LedgerRange } from '../../ports/ledger.ts';
import type { Digest } from '../../plan/index.ts';

/** What a segment is opened for. */
export type SegmentOptions = LedgerRange & { step: string; attempt: string };

/** A new name for a segment, below the folder of the ledger: `<generation key>/<first two digits>/<lo>-<hi>.<step>.<attempt>.<nonce>.seg`. */
export function segmentName({ step, attempt, ...range }: SegmentOptions): string {
  checkRange(range);
  const nonce = randomBytes(8).toString('hex');
  const name = `${lowName(range)}-${highName(range)}.${plain(step)}.${plain(attempt)}.${nonce}.seg`;
  return [range.generationKey, folderOf(range), name].filter((part) => part !== '').join('/');
}

/** A new name for a segment that has some of the answers of another one, in whose place it comes. */
export function rewrittenName(segment: string): string {
  return segment.replace(/[0-9a-f]{16}\.seg$/, `${randomBytes(8).toString('hex')}.seg`);
}

/** The names of the segments that may have origins in the range, by what is directly in folders of the ledger. */
export async function segmentsOf(
  range: LedgerRange,
  entriesOf: (folder: string) => Promise<{ files: string[]; folders: string[] }>,
): Promise<string[]> {
  checkRange(range);
  const { generationKey } = range;
  const { files, folders } = await entriesOf(generationKey);
  const isOpen = (folder: string) => /^[0-9a-f]{2}$/.test(folder) && firstFolder(range) <= folder && folder <= lastFolder(range);
  const inFolders = await Promise.all(
    folders
      .filter(isOpen)
      .toSorted()
      .map(async (folder) => (await entriesOf(`${generationKey}/${folder}`)).files.toSorted().map((name) => `${folder}/${name}`)),
  );
  return [...files.toSorted(), ...inFolders.flat()].filter((name) => mayHold(name, range)).map((name) => `${generationKey}/${name}`);
}

/** Names include 16 digits of each end. */
function mayHold(name: string, range: LedgerRange): boolean {
  const ends = /([0-9a-f]{16})-([0-9a-f]{16})\.[^/]*\.seg$/.exec(name);
  return ends?.[1] !== undefined && ends[2] !== undefined && ends[1] <= highName(range) && lowName(range) <= ends[2];
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

/** Whether an origin is in a range. */
export function contains({ lo, hi }: LedgerRange, origin: Digest): boolean {
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
