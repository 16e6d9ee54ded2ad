import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../../plan/index.ts';
import { hashOf } from '../../../plan/keys.ts';
import type { ServedEndpoint } from '../../../ports/configuration.ts';
import { classified, messageOfError } from '../../../ports/failure.ts';
import type { JobState, Launcher } from '../../../ports/launcher.ts';
import { openAttempt, type ReplicaAttempt } from './attempt.ts';
import { readNews, serversPrefix, type ReplicaNews } from './files.ts';

const builtInServer = fileURLToPath(new URL('../model-server.py', import.meta.url));

export interface ReplicasOptions {
  /** Name of the endpoint. */
  name: string;
  endpoint: ServedEndpoint;
  /** Of the pool that the endpoint names. */
  launcher: Launcher;
  /** Python with the package xllamacpp, for the built-in server. */
  python: string;
  /** Called with the base URLs of all servers that can be asked, whenever they change. */
  onServers: (urls: string[]) => void;
  /** Called when no server could be started and none will be. */
  onEnd: (error: Error) => void;
  /** Called when a server does not start while others are asked, or will be. */
  warn?: ((line: string) => void) | undefined;
  /** Milliseconds without a word from any worker after which a server ends. Default: 30,000. */
  leaseMs?: number;
  /** Milliseconds that a server has from its start to its first reply; large models take long to load. Default: half an hour. */
  startWithinMs?: number;
  /** Milliseconds without a reply after which a server counts as hung. Default: 60,000. */
  hungAfterMs?: number;
}

export interface Replicas {
  /** Whether any of them runs or will run. */
  isAlive(): boolean;
  /** What the servers are waiting for; null once one of them can be asked. */
  waiting(): string | null;
  /** Lets go of them; those that no other worker holds are gone when it resolves. */
  stop(): Promise<void>;
}

interface Replica {
  index: number;
  url: string | null;
  /** What it waits for, in words, while it cannot be asked. */
  waits: string;
  /** Attempts since it could last be asked. */
  attempts: number;
  /** Why it is not there, after too many of them; it is tried again as long as there is another one. */
  failure: string | null;
}

/** Milliseconds between two looks at a replica, attempts in a row that may come to nothing, and the longest pause between two. */
const lookEvery = 500;
const mostAttempts = 2;
const longestPause = 60_000;

/** Keeps the declared number of model servers running on a pool, together with all other workers that hold the same endpoint. */
export function startReplicas(options: ReplicasOptions): Replicas {
  const { endpoint, launcher, leaseMs = 30_000, startWithinMs = 1_800_000, hungAfterMs = 60_000, warn } = options;
  const stopping = new AbortController();
  const all = Array.from({ length: endpoint.serve.replicas ?? 1 }, (_, index): Replica => {
    return { index, url: null, waits: 'is starting', attempts: 0, failure: null };
  });
  const publish = publisher(options, all);
  const kept = all.map(keep);
  return {
    isAlive: () => !stopping.signal.aborted,
    waiting: () => (all.some(({ url }) => url !== null) ? null : (all.map(({ waits }) => waits)[0] ?? null)),
    stop: async () => {
      stopping.abort();
      await Promise.all(kept);
    },
  };

  async function keep(replica: Replica): Promise<void> {
    const job = `${serversPrefix}${hashOf(sharedBy(options)).slice(0, 20)}-${replica.index}`;
    const request = { argv: commandOf(options), leaseMs, startWithinMs, hungAfterMs };
    let attempt: ReplicaAttempt | null = null;
    for (; !stopping.signal.aborted; await pause(Math.min(longestPause, 1000 * 2 ** replica.attempts))) {
      replica.attempts += 1;
      try {
        attempt ??= await openAttempt(launcher, { job, request });
        const end = await follow(replica, attempt);
        if (end === null) break;
        note(replica, failureText(attempt, { end, wasReady: replica.attempts === 0 }));
        attempt = null;
      } catch (error) {
        note(replica, messageOfError(error));
      }
    }
    await attempt?.release().catch(() => undefined);
  }

  /** Holds an attempt until it has ended; null once it is not wanted any more. */
  async function follow(replica: Replica, attempt: ReplicaAttempt): Promise<JobState | null> {
    for (; ; await pause(lookEvery)) {
      const state = stopping.signal.aborted ? null : await attempt.hold();
      const news = await readNews(attempt.folder);
      replica.url = state?.state === 'running' && news.state === 'ready' ? news.url : null;
      replica.waits = state ? waitOf(state, { news, ...attempt }) : '';
      if (replica.url !== null) Object.assign(replica, { attempts: 0, failure: null });
      publish();
      if (state === null || state.state === 'exited') return state;
    }
  }

  /** Notes why a replica is not there. When all of them have failed, none is started again. */
  function note(replica: Replica, why: string): void {
    replica.url = null;
    replica.waits = `is not there and is tried again: ${why.split('\n')[0]}`;
    if (replica.attempts >= mostAttempts) replica.failure = why;
    publish();
    if (stopping.signal.aborted || replica.failure === null) return;
    const failures = all.flatMap(({ failure }) => failure ?? []);
    if (failures.length < all.length) {
      if (replica.attempts === mostAttempts) warn?.(failingText(options, { number: replica.index + 1, why }));
      return;
    }
    stopping.abort();
    options.onEnd(startFailure(options, failures));
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  }
}

/** What workers have in common that share servers. A server on a worker's own machine answers nobody elsewhere. */
function sharedBy({ endpoint, launcher }: ReplicasOptions): JsonObject {
  const { machine } = launcher;
  return { ...endpoint.serve, model: endpoint.model, ...(machine !== null && { machine }) };
}

/** Tells which servers can be asked, whenever that has changed. */
function publisher({ onServers }: ReplicasOptions, all: Replica[]): () => void {
  let told = '';
  return () => {
    const urls = all.flatMap(({ url }) => url ?? []);
    if (urls.join(' ') !== told) onServers(urls);
    told = urls.join(' ');
  };
}

/** The command line of a server; what only its node knows is filled in there. */
function commandOf({ endpoint, python }: ReplicasOptions): string[] {
  const { weights, threads, slots, context, command } = endpoint.serve;
  const { model } = endpoint;
  if (!command) return [python, builtInServer, JSON.stringify({ weights, threads, slots, context, model, host: '{host}', port: '{port}' })];
  const known: { [name: string]: string | number } = { weights, model, threads, slots, context };
  return command.map((word) => word.replaceAll(/\{(\w+)\}/g, (whole, name: string) => `${known[name] ?? whole}`));
}

function waitOf(state: JobState, { news, folder }: { news: ReplicaNews; folder: string }): string {
  if (state.state === 'queued') return `is waiting in the queue (${state.reason})`;
  if (news.state === 'draining') return 'is about to end';
  return news.state === 'starting' && news.seen !== undefined ? `is starting (${news.seen}; its logs: ${folder})` : 'is starting';
}

/** Why an attempt has ended that nobody has asked to. */
function failureText({ folder }: ReplicaAttempt, { end, wasReady }: { end: JobState; wasReady: boolean }): string {
  const failure = end.state === 'exited' ? end.failure : null;
  const tail = failure?.stderr.trim().split('\n').slice(-5).join('\n') ?? '';
  return `it ended${wasReady ? '' : ' before it answered'}; its logs: ${folder}${tail === '' ? '' : `\n${tail}`}`;
}

function failingText({ name, endpoint }: ReplicasOptions, { number, why }: { number: number; why: string }): string {
  const { pool, replicas } = endpoint.serve;
  return `endpoint ${name}: model server ${number} of ${replicas} on the pool ${pool} does not start, and is tried again: ${why}`;
}

function startFailure({ name, endpoint }: ReplicasOptions, failures: string[]): Error {
  const which = failures.length === 1 ? 'the model server' : `all ${failures.length} model servers`;
  const where = `on the pool ${endpoint.serve.pool}`;
  return classified('unavailable', `endpoint ${name}: ${which} ${where} failed to start: ${failures[0]}`);
}
