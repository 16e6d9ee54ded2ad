import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Ledger, LedgerRange, LedgerRecord, LedgerSegment } from '../../../ports/ledger.ts';
import { makeFolders, newTemporary, readIfThere, removeFile } from '../files.ts';
import { answersByRequest, recordsOf } from '../ledger.ts';
import { encodeSegment, isWholeSegment } from '../ledger-frames.ts';
import { groupRecords } from '../ledger-groups.ts';
import { segmentName, segmentsOf, type SegmentOptions } from '../ledger-names.ts';
import type { CopiedBucket } from './set-aside.ts';
import { keepUnsent, sendSegment, sendUnsent } from './unsent.ts';

/** An object holds the answers of this time, milliseconds, or so many, whichever is reached first. */
const group = { size: 1000, milliseconds: 1000, most: 1000 };
/** Segments that are read, or downloaded, at the same time. */
const atOnce = 16;

/**
 * The ledger of a bucket, where nothing can be appended to an object: each commit group is a segment of its own, which is written to this
 * machine first, and counts once it is in the bucket.
 */
export function openBucketLedger(place: CopiedBucket): Ledger {
  async function* records(range: LedgerRange): AsyncGenerator<LedgerRecord> {
    await sendUnsent(place, range);
    const names = await segmentsOf(range, (folder) => place.bucket.entriesOf(`ledger/${folder}/`));
    for (let at = 0; at < names.length; at += atOnce) {
      const some = names.slice(at, at + atOnce);
      const segments = await Promise.all(some.map((name) => readSegment(place, `ledger/${name}`)));
      for (const [index, name] of some.entries()) yield* recordsOf(segments[index] ?? null, { root: place.root, name, range });
    }
  }
  return { open: (options) => openParts(place, options), records, read: (range) => answersByRequest(records(range)) };
}

/** Groups are written to this machine as they come, and from there put into the bucket one after the other. */
function openParts(place: CopiedBucket, options: SegmentOptions): LedgerSegment {
  let sent = Promise.resolve();
  const commit = async (records: LedgerRecord[]): Promise<void> => {
    const name = segmentName(options);
    await keepUnsent(place, name, encodeSegment(records));
    sent = sent.then(() => sendSegment(place, name));
    sent.catch(() => undefined); // those who wait for their answers hear of it
  };
  const parts = groupRecords({ ...group, place: `${place.bucket.url}/ledger/${segmentName(options)}`, commit, close: async () => {} });
  return {
    append: async (given) => {
      const record = await parts.append(given);
      await sent;
      return record;
    },
    close: async () => {
      await parts.close();
      await sent.catch(() => undefined);
    },
  };
}

/** The bytes of a segment, which is downloaded unless this machine has a whole copy of it; null: there is none. */
async function readSegment({ bucket, root }: CopiedBucket, key: string): Promise<Uint8Array | null> {
  const to = join(root, key);
  const copy = await readIfThere(to);
  if (copy && isWholeSegment(copy)) return copy;
  const from = newTemporary(join(root, 'tmp'));
  try {
    if (!(await bucket.download(key, from))) return copy;
    await makeFolders(root, dirname(to));
    await rename(from, to);
    return await readIfThere(to);
  } finally {
    await removeFile(from);
  }
}
