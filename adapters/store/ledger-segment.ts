import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LedgerRecord, LedgerSegment } from '../../ports/ledger.ts';
import { orDiskFull } from '../../ports/failure.ts';
import { makeFolders, removeFile, syncFolder } from './files.ts';
import { answerDigest, encodeFrame, segmentHeader } from './ledger-frames.ts';

const groupSize = 64;
const groupMilliseconds = 20;
/** The most groups per sync, when records arrive faster than the disk syncs. */
const groupsAtOnce = 16;

interface Waiting {
  record: LedgerRecord;
  resolve: (record: LedgerRecord) => void;
  reject: (error: unknown) => void;
}

interface OpenFile {
  handle: FileHandle;
  /** Bytes known to be on disk. */
  durable: number;
}

/** A segment that only this caller writes; `root` is an existing folder above it. */
export function openSegment(options: { path: string; root: string }): LedgerSegment {
  const { path, root } = options;
  const waiting: Waiting[] = [];
  let file: OpenFile | null = null;
  let committing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let ended: { reason: unknown } | null = null;

  const commitAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, groupSize * groupsAtOnce);
      try {
        if (ended) throw ended.reason;
        file ??= await createFile(path, root);
        await commit(file, batch.map(({ record }) => record));
        for (const { resolve, record } of batch) resolve(record);
      } catch (error) {
        ended ??= { reason: orDiskFull(error, path) };
        for (const { reject } of batch) reject(ended.reason);
      }
    }
  };

  const start = (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    committing ??= commitAll().finally(() => {
      committing = null;
      schedule();
    });
    return committing;
  };

  const schedule = (): void => {
    if (committing || waiting.length === 0) return;
    if (waiting.length >= groupSize) void start();
    else timer ??= setTimeout(() => void start(), groupMilliseconds);
  };

  const append = (given: Omit<LedgerRecord, 'answer_digest'>): Promise<LedgerRecord> => {
    if (ended) return Promise.reject(ended.reason);
    const record: LedgerRecord = { ...given, answer_digest: answerDigest(given) };
    const { promise, resolve, reject } = Promise.withResolvers<LedgerRecord>();
    waiting.push({ record, resolve, reject });
    schedule();
    return promise;
  };

  const close = async (): Promise<void> => {
    while (waiting.length > 0 || committing) await start();
    ended ??= { reason: new Error(`the ledger segment ${path} is closed`) };
    const closing = file;
    file = null;
    await closing?.handle.close();
  };

  return { append, close };
}

async function createFile(path: string, root: string): Promise<OpenFile> {
  await makeFolders(root, dirname(path));
  const handle = await open(path, 'wx');
  try {
    await handle.write(segmentHeader);
    await syncFolder(dirname(path));
    return { handle, durable: segmentHeader.length };
  } catch (error) {
    await handle.close();
    await removeFile(path);
    throw error;
  }
}

/** Writes the records in groups and syncs once; after a failure the file is cut to its last durable length. */
async function commit(file: OpenFile, records: LedgerRecord[]): Promise<void> {
  const groups: LedgerRecord[][] = [];
  for (let at = 0; at < records.length; at += groupSize) groups.push(records.slice(at, at + groupSize));
  const bytes = Buffer.concat(await Promise.all(groups.map(encodeFrame)));
  try {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.handle.write(bytes, done, bytes.length - done, file.durable + done);
      done += bytesWritten;
    }
    await file.handle.datasync();
    file.durable += bytes.length;
  } catch (error) {
    await file.handle.truncate(file.durable).catch(() => undefined);
    throw error;
  }
}
