import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger, LedgerRange, LedgerRecord } from '../../ports/ledger.ts';
import type { Digest } from '../../plan/index.ts';
import { hasCode } from '../../ports/failure.ts';
import { warnOfDamage } from './damaged.ts';
import { readIfThere } from './files.ts';
import { decodeSegment } from './ledger-frames.ts';
import { contains, segmentName, segmentsOf } from './ledger-names.ts';
import { openSegment } from './ledger-segment.ts';

/** The ledger in the store `root`. */
export function openLedger(root: string): Ledger {
  async function* records(range: LedgerRange): AsyncGenerator<LedgerRecord> {
    for (const name of await segmentsIn(join(root, 'ledger'), range))
      yield* recordsOf(await readIfThere(join(root, 'ledger', name)), { root, name, range });
  }
  return {
    open: (segment) => openSegment({ path: join(root, 'ledger', segmentName(segment)), root }),
    records,
    read: (range) => answersByRequest(records(range)),
  };
}

/** The records in a range of a segment of the store `root`; one that does not exist (null) has none. */
export function* recordsOf(
  segment: Uint8Array | null,
  { root, name, range }: { root: string; name: string; range: LedgerRange },
): Generator<LedgerRecord> {
  if (!segment) return;
  const warn = (lost: number) =>
    warnOfDamage(root, `ledger/${name}`, `${lost} bytes of paid answers cannot be read, and those are asked for again`);
  for (const record of decodeSegment(segment, warn)) if (contains(range, record.origin)) yield record;
}

/** The names of the segments in a folder that may have origins in the range. */
export function segmentsIn(folder: string, range: LedgerRange): Promise<string[]> {
  return segmentsOf(range, (each) => entriesOf(join(folder, each)));
}

/** Records by request; of several answers to a request the one with the smallest digest. */
export async function answersByRequest(records: AsyncIterable<LedgerRecord>): Promise<Map<Digest, LedgerRecord>> {
  const found = new Map<Digest, LedgerRecord>();
  for await (const record of records) {
    const other = found.get(record.request);
    if (!other || record.answer_digest < other.answer_digest) found.set(record.request, record);
  }
  return found;
}

async function entriesOf(folder: string): Promise<{ files: string[]; folders: string[] }> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  return {
    files: entries.filter((entry) => entry.isFile()).map(({ name }) => name),
    folders: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
  };
}
