import { WorkflowNotFoundError } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../ports/store.ts';
import { isMade, type Digest, type RunProgress, type UnitNote, type UnitProgress } from '../../plan/index.ts';
import type { Context } from '../context.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { messageOfError } from '../../ports/failure.ts';
import { readRun } from '../../records/run.ts';
import { isOpen, readUnitNotes, readTitles, type Titles } from './runs.ts';
import { connectServer, type Server } from './server.ts';

/** A run at one moment. */
export interface Snapshot {
  progress: RunProgress;
  /** Live progress of running units, by unit key. */
  notes: Map<Digest, UnitNote>;
  titles: Titles;
  /** Why the snapshot is not current, while the server does not answer. */
  trouble: string | null;
}

/** Milliseconds between two queries. */
const interval = 500;

/** Longest wait for one answer, milliseconds. */
const patience = 5000;

/** Failed queries after which a new connection is made. */
const reconnectAfter = 3;

/** Follows a run until it ends or waits for a decision; the last snapshot says which. Survives a restart of the server. */
export async function* followRun(options: {
  context: Context;
  store: Store;
  server: Server;
  run: string;
  signal: AbortSignal;
}): AsyncGenerator<Snapshot> {
  const { context, store, run, signal } = options;
  let { server } = options;
  let failures = 0;
  let titles: Titles = new Map();
  let last: RunProgress = { run, name: '', status: 'running', started: Date.now(), units: [] };
  while (!signal.aborted) {
    let trouble: string | null = null;
    try {
      last = (await readProgress(server, store, run)) ?? last;
      failures = 0;
    } catch (error) {
      if (error instanceof CommandFailure) throw error;
      failures++;
      if (failures > 1) trouble = `the server does not answer (${innermostReason(error)})`;
      if (failures % reconnectAfter === 0) server = await reconnect(context, server);
    }
    if (titles.size === 0) titles = await readTitles(store, last);
    yield { progress: last, notes: await readUnitNotes(store, last), titles, trouble };
    if (last.status !== 'running') return;
    await delay(interval, undefined, { signal }).catch(() => undefined);
  }
}

/** The current progress of a run: from its workflow while it is open, from the store and the workflow's end when it is closed. */
export async function readProgress(server: Server, store: Store, run: string): Promise<RunProgress | null> {
  const { client, connection } = server;
  const handle = client.workflow.getHandle(run);
  const inTime = <T>(work: () => Promise<T>): Promise<T> => connection.withDeadline(Date.now() + patience, work);
  const found = await inTime(() => handle.describe()).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  });
  if (!found) return unknownTo(server, { run, record: await readRun(store, run) });
  const { status, startTime, closeTime } = found;
  if (status.name === 'RUNNING') {
    const asked = await inTime(() => handle.query<RunProgress>('progress')).catch(() => null);
    const recorded = asked && isOpen(asked) && isWholeAnswer(asked) ? null : await readRun(store, run);
    return asked && recorded && isOpen(asked) ? whole(asked, recorded) : (recorded ?? asked);
  }
  const known = (await readRun(store, run)) ?? { run, name: '', status: 'running', started: startTime.getTime(), units: [] };
  if (!isOpen(known)) return known;
  const finished = closeTime?.getTime() ?? Date.now();
  const ended = statusAtEnd(status.name);
  const message = ended === 'failed' ? await inTime(() => handle.result()).then(() => '', innermostReason) : '';
  return { ...known, status: ended, finished, ...(message === '' ? {} : { message }) };
}

/** A server forgets runs that have ended; one that has not ended cannot be followed there. */
function unknownTo({ address }: Server, { run, record }: { run: string; record: RunProgress | null }): RunProgress {
  if (record && !isOpen(record)) return record;
  throw new CommandFailure(`the Temporal server at ${address} has no run ${run}. Continue with what is left: codepmp resume ${run}`);
}

/** The status of a run whose workflow is closed. */
export function statusAtEnd(status: string): 'succeeded' | 'cancelled' | 'failed' {
  return status === 'COMPLETED' ? 'succeeded' : status === 'CANCELLED' ? 'cancelled' : 'failed';
}

/** Whether an answer lists all units with their results: a large run lists few, and after a continue-as-new it has only their states. */
function isWholeAnswer({ counts, units }: RunProgress): boolean {
  return counts === undefined && !units.some(isBare);
}

function isBare({ state, key, why, failure }: UnitProgress): boolean {
  if (state === 'skipped') return why === undefined;
  if (state === 'parked') return failure === undefined;
  return isMade(state) && key === undefined;
}

/** An answer, completed by the units of the run's record. */
export function whole(asked: RunProgress, recorded: RunProgress): RunProgress {
  const { counts: _, ...head } = asked;
  const listed = new Map(asked.units.filter((unit) => !isBare(unit)).map((unit) => [unit.id, unit]));
  return { ...head, units: recorded.units.map((unit) => listed.get(unit.id) ?? unit) };
}

/** The innermost message; the outer ones only say that a request or a workflow failed. */
function innermostReason(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) ({ cause } = cause);
  return messageOfError(cause);
}

async function reconnect(context: Context, server: Server): Promise<Server> {
  const next = await connectServer({ ...context, output: { ...context.output, talk: () => undefined } }).catch(() => null);
  if (!next) return server;
  await server.connection.close().catch(() => undefined);
  return next;
}
