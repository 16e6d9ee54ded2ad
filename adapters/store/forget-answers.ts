import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LedgerRecord } from '../../ports/ledger.ts';
import type { Digest } from '../../plan/index.ts';
import { readIfThere, removeFile, syncFolder, writeTemporary } from './files.ts';
import { decodeSegment, encodeFrame, segmentHeader } from './ledger-frames.ts';
import { storedFiles } from './unused.ts';

interface ForgetAnswers {
  /** Path of the store. */
  root: string;
  origins: ReadonlySet<Digest>;
  /** Delete them; otherwise they are only counted. */
  remove: boolean;
}

/** Records of a frame. */
const group = 64;

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
  const frames: Uint8Array[] = [segmentHeader];
  for (let from = 0; from < records.length; from += group) frames.push(await encodeFrame(records.slice(from, from + group)));
  await rename(await writeTemporary(join(root, 'tmp'), Buffer.concat(frames)), path);
  await syncFolder(dirname(path));
}
