import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Ledger, LedgerRange, LedgerRecord } from '../../ports/ledger.ts';
import type { Digest } from '../../plan/index.ts';
import { hasCode } from '../../ports/failure.ts';
import { warnOfDamage } from './damaged.ts';
import { readIfThere } from './files.ts';
import { decodeSegment } from './ledger-frames.ts';
import { contains, segmentName, segmentsOf } from './ledger-names.ts';
import { openSegment } from './ledger-segment.ts';

/** The ledger in a folder of the store `root`. */
export function openLedger(options: { folder: string; root: string }): Ledger {
  const { folder, root } = options;

  async function* records(range: LedgerRange): AsyncGenerator<LedgerRecord> {
    for (const name of await segmentsOf(range, (each) => entriesOf(join(folder, each)))) {
      const bytes = await readIfThere(join(folder, name));
      if (!bytes) continue;
      const warn = (lost: number) =>
        warnOfDamage(
          root,
          relative(root, join(folder, name)),
          `${lost} bytes of paid answers cannot be read, and those are asked for again`,
        );
      for (const record of decodeSegment(bytes, warn)) if (contains(range, record.origin)) yield record;
    }
  }

  return {
    open: (segment) => openSegment({ path: join(folder, segmentName(segment)), root }),
    records,
    read: (range) => answersByRequest(records(range)),
  };
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
