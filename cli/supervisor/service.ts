import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdirSync, openSync, closeSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcesses } from '../../adapters/launchers/processes.ts';
import { messageOfError } from '../../ports/failure.ts';

/** Milliseconds before the first restart; each further wait is twice as long, up to the longest. */
const firstPause = 250;
const longestPause = 10_000;

/** A process that ran this long counts as healthy: its next death counts as the first again, milliseconds. */
const healthyAfter = 60_000;

/** Deaths before it was ever ready after which it is not started again. */
const triesToStart = 3;

const largestLog = 10 * 1024 * 1024;

export interface ServiceOptions {
  name: string;
  command: () => { argv: [string, ...string[]]; env: NodeJS.ProcessEnv; cwd: string };
  log: string;
  /** Standard output is read by `untilReady`; otherwise it goes to the log. */
  reads: boolean;
  /** Resolves when the process is ready; raced against its end. */
  untilReady: (child: ChildProcess, signal: AbortSignal) => Promise<void>;
  onChange: (change: { pid: number | null; ready: boolean; restarts: number }) => void;
  /** Grace between SIGTERM and SIGKILL, milliseconds. */
  graceMs: number;
}

/** A process that is restarted when it dies. */
export interface Service {
  /** Resolves when it is ready for the first time; rejects when it dies three times before that. */
  ready: Promise<void>;
  /** Ends the process, which is then restarted. */
  restart(): Promise<void>;
  /** Ends the process without a restart; resolves when it is gone. */
  stop(): Promise<void>;
}

export function keepRunning(options: ServiceOptions): Service {
  const { log, onChange, graceMs } = options;
  let stopped = false;
  let everReady = false;
  let child: ChildProcess | null = null;
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  ready.catch(() => undefined);

  const end = async (): Promise<void> => {
    if (child?.pid !== undefined) await endProcesses([child.pid], { graceMs });
  };

  /** From the start of the process to its end; rejects if it cannot be started or its change cannot be told. */
  const live = async (restarts: number): Promise<void> => {
    const abort = new AbortController();
    try {
      const own = (child = startProcess(options));
      const { pid = null } = own;
      const ended = new Promise<void>((done, fail) => void own.once('exit', () => done()).once('error', fail));
      ended.catch(() => undefined);
      onChange({ pid, ready: false, restarts });
      const becomesReady = options.untilReady(own, abort.signal).then(
        () => true,
        () => false,
      );
      if (await Promise.race([becomesReady, ended.then(() => false)])) {
        onChange({ pid, ready: true, restarts });
        everReady = true;
        resolve();
      }
      await ended;
    } catch (error) {
      await end();
      throw error;
    } finally {
      child = null;
      abort.abort();
      if (!stopped) onChange({ pid: null, ready: false, restarts });
    }
  };

  const loop = async (): Promise<void> => {
    let deaths = 0;
    for (let restarts = 0; !stopped; restarts++) {
      const began = Date.now();
      await live(restarts).catch((error: unknown) => addTo(log, `${options.name} does not run: ${messageOfError(error)}`));
      if (stopped) break;
      deaths = Date.now() - began > healthyAfter ? 1 : deaths + 1;
      if (!everReady && deaths >= triesToStart) return reject(serviceFailure(options));
      await delay(Math.min(firstPause * 2 ** (deaths - 1), longestPause));
    }
    reject(new Error(`${options.name} was stopped before it was ready`));
  };
  const running = loop();

  return {
    ready,
    restart: end,
    stop: async () => {
      stopped = true;
      await end();
      await Promise.race([running, delay(longestPause)]);
    },
  };
}

/** Starts it in its own session: Ctrl-C then reaches only the supervisor, which ends its services in order. */
function startProcess({ command, log, reads }: ServiceOptions): ChildProcess {
  const { argv, env, cwd } = command();
  mkdirSync(dirname(log), { recursive: true });
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > largestLog) renameSync(log, `${log}.1`);
  const file = openSync(log, 'a');
  const [program, ...args] = argv;
  try {
    return spawn(program, args, { env, cwd, detached: true, stdio: ['ignore', reads ? 'pipe' : file, file] });
  } finally {
    closeSync(file);
  }
}

/** Adds a line to a log, or to that of the supervisor if it cannot be written. */
function addTo(log: string, line: string): void {
  try {
    appendFileSync(log, `${line}\n`);
  } catch {
    say(line);
  }
}

/** Adds a line to the log of the supervisor, if that can be written. */
export function say(line: string): void {
  try {
    writeSync(process.stderr.fd, `${line}\n`);
  } catch {
    // A full disk: the log has the next line that there is room for.
  }
}

function serviceFailure({ name, log }: ServiceOptions): Error {
  return new Error(`${name} ended ${triesToStart} times before it was ready. Its log: ${log}\n${lastLines(log)}`);
}

/** The end of a log, or why it cannot be read. */
function lastLines(log: string): string {
  try {
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
  } catch (error) {
    return messageOfError(error);
  }
}
