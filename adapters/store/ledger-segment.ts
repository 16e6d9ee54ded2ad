import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LedgerRecord, LedgerSegment } from '../../ports/ledger.ts';
import { makeFolders, removeFile, syncFolder } from './files.ts';
import { encodeFrames, recordsOfFrame, segmentHeader } from './ledger-frames.ts';
import { groupRecords } from './ledger-groups.ts';

/** A group is a frame, and at most 16 of them share a sync when records arrive faster than the disk syncs. */
const group = { size: recordsOfFrame, milliseconds: 20, most: 16 * recordsOfFrame };

interface OpenFile {
  handle: FileHandle;
  /** Bytes known to be on disk. */
  durable: number;
}

/** A segment in a file, which only this caller writes; `root` is an existing folder above it. */
export function openSegment(options: { path: string; root: string }): LedgerSegment {
  const { path, root } = options;
  let file: OpenFile | null = null;
  const append = async (records: LedgerRecord[]): Promise<void> => {
    file ??= await createFile(path, root);
    await commit(file, records);
  };
  const close = async (): Promise<void> => {
    const closing = file;
    file = null;
    await closing?.handle.close();
  };
  return groupRecords({ ...group, place: path, commit: append, close });
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
  const bytes = encodeFrames(records);
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
