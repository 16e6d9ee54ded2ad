import { dirname, join } from 'node:path';
import type { Ledger, LedgerRange, LedgerRecord, LedgerSegment } from '../../../ports/ledger.ts';
import { isThere, makeFolders, newTemporary, linkOnce, publishFile, removeFile, writeTemporary } from '../files.ts';
import { answersByRequest } from '../ledger.ts';
import { encodeSegment } from '../ledger-frames.ts';
import { groupRecords } from '../ledger-groups.ts';
import { segmentName, segmentsOf, type SegmentOptions } from '../ledger-names.ts';
import type { CopiedBucket } from './set-aside.ts';

/** An object holds the answers of this time, milliseconds, or so many, whichever is reached first. */
const group = { size: 1000, milliseconds: 1000, most: 1000 };
/** Segments that are downloaded at the same time. */
const atOnce = 16;

/**
 * The ledger of a bucket, where nothing can be appended to an object: each commit group is a segment of its own, which is written to this
 * machine first. `local` reads the segments that this machine has.
 */
export function openBucketLedger(place: CopiedBucket, local: Ledger): Ledger {
  async function* records(range: LedgerRange): AsyncGenerator<LedgerRecord> {
    await bringSegments(place, range);
    yield* local.records(range);
  }
  return { open: (options) => openParts(place, options), records, read: (range) => answersByRequest(records(range)) };
}

function openParts({ bucket, root }: CopiedBucket, options: SegmentOptions): LedgerSegment {
  const first = segmentName(options);
  const commit = async (records: LedgerRecord[]): Promise<void> => {
    const key = `ledger/${segmentName(options)}`;
    const bytes = await encodeSegment(records);
    await publishFile({ root, from: await writeTemporary(join(root, 'tmp'), bytes), to: join(root, key) });
    await bucket.create(key, bytes);
  };
  return groupRecords({ ...group, place: `${bucket.url}/ledger/${first}`, commit, close: async () => {} });
}

/** Downloads the segments that may have origins in a range and that this machine does not have. */
async function bringSegments({ bucket, root }: CopiedBucket, range: LedgerRange): Promise<void> {
  const names = await segmentsOf(range, (folder) => bucket.entriesOf(`ledger/${folder}/`));
  for (let at = 0; at < names.length; at += atOnce)
    await Promise.all(names.slice(at, at + atOnce).map((name) => bringSegment({ bucket, root }, `ledger/${name}`)));
}

async function bringSegment({ bucket, root }: CopiedBucket, key: string): Promise<void> {
  const to = join(root, key);
  if (await isThere(to)) return;
  const from = newTemporary(join(root, 'tmp'));
  try {
    if (!(await bucket.download(key, from))) return;
    await makeFolders(root, dirname(to));
    await linkOnce(from, to);
  } finally {
    await removeFile(from);
  }
}
