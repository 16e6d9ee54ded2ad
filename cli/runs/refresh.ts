import type { Store } from '../../ports/store.ts';
import type { RunProgress } from '../../plan/index.ts';
import { readProgress } from './follow.ts';
import { isOpen } from './runs.ts';
import type { Server } from './server.ts';

/**
 * The current progress of a run; `interrupted` if its record says running but no server is meant to run it. A parked run needs no
 * server.
 */
export type RunNow = Omit<RunProgress, 'status'> & { status: RunProgress['status'] | 'interrupted' };

/** Brings a run's record up to date with the server, if one answers; `isServed`: one is meant to run it. */
export async function refreshed(
  record: RunProgress,
  store: Store,
  { server, isServed }: { server: Server | null; isServed: boolean },
): Promise<RunNow> {
  if (!isOpen(record)) return record;
  const now = server ? await readProgress(server, store, record.run).catch(() => null) : null;
  return now ?? { ...record, status: isServed || record.status !== 'running' ? record.status : 'interrupted' };
}
