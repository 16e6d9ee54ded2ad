import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LedgerRecord } from '../../ports/ledger.ts';
import type { Digest } from '../../plan/index.ts';
import { readIfThere, removeFile, syncFolder, writeTemporary } from './files.ts';
import { decodeSegment, encodeSegment } from './ledger-frames.ts';
import { storedFiles } from './unused.ts';

interface ForgetAnswers {
  /** Path of the store. */
  root: string;
  origins: ReadonlySet<Digest>;
  /** Delete them; otherwise they are only counted. */
  remove: boolean;
}

/** Deletes the paid answers of origins from all segments, of which nobody may be writing one; returns how many there were. */
export async function forgetAnswers({ root, origins, remove }: ForgetAnswers): Promise<number> {
  let gone = 0;
  for await (const { file } of storedFiles(root, 'ledger')) {
    const path = join(root, file);
    const records = [...decodeSegment((await readIfThere(path)) ?? new Uint8Array())];
    const kept = records.filter(({ origin }) => !origins.has(origin));
    gone += records.length - kept.length;
    if (remove && kept.length < records.length) await rewriteSegment(root, path, kept);
  }
  return gone;
}

async function rewriteSegment(root: string, path: string, records: LedgerRecord[]): Promise<void> {
  if (records.length === 0) return removeFile(path);
  await rename(await writeTemporary(join(root, 'tmp'), await encodeSegment(records)), path);
  await syncFolder(dirname(path));
}
