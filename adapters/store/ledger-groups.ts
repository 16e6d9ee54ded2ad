import type { LedgerRecord, LedgerSegment } from '../../ports/ledger.ts';
import { orDiskFull } from '../../ports/failure.ts';
import { answerDigest } from './ledger-frames.ts';

interface Waiting {
  record: LedgerRecord;
  resolve: (record: LedgerRecord) => void;
  reject: (error: unknown) => void;
}

interface GroupOptions {
  /** What the segment is called in messages. */
  place: string;
  /** So many records are committed at once; fewer after so many milliseconds. */
  size: number;
  milliseconds: number;
  /** The most records of a commit, when they arrive faster than they are committed. */
  most: number;
  /** Resolves when the records are durable. When it has failed once, the segment takes nothing more. */
  commit: (records: LedgerRecord[]) => Promise<void>;
  close: () => Promise<void>;
}

/** A segment that collects what is appended to it and commits it in groups. */
export function groupRecords({ place, size, milliseconds, most, commit, close: closeBelow }: GroupOptions): LedgerSegment {
  const waiting: Waiting[] = [];
  let committing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let ended: { reason: unknown } | null = null;

  const commitAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most);
      try {
        if (ended) throw ended.reason;
        await commit(batch.map(({ record }) => record));
        for (const { resolve, record } of batch) resolve(record);
      } catch (error) {
        ended ??= { reason: orDiskFull(error, place) };
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
    if (waiting.length >= size) void start();
    else timer ??= setTimeout(() => void start(), milliseconds);
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
    ended ??= { reason: new Error(`the ledger segment ${place} is closed`) };
    await closeBelow();
  };

  return { append, close };
}
