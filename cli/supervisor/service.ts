import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcesses } from '../../adapters/launchers/processes.ts';

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
  let child: ChildProcess | null = null;
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  ready.catch(() => undefined);
  mkdirSync(dirname(log), { recursive: true });

  const loop = async (): Promise<void> => {
    let deaths = 0;
    let everReady = false;
    for (let restarts = 0; !stopped; restarts++) {
      const began = Date.now();
      child = startProcess(options);
      const { pid = null } = child;
      const ended = new Promise<void>((done) => void child?.once('exit', () => done()).once('error', () => done()));
      const abort = new AbortController();
      onChange({ pid, ready: false, restarts });
      const becameReady = options.untilReady(child, abort.signal).then(
        () => {
          everReady = true;
          resolve();
          onChange({ pid, ready: true, restarts });
        },
        () => undefined,
      );
      await ended;
      abort.abort();
      await becameReady;
      if (stopped) break;
      onChange({ pid: null, ready: false, restarts });
      deaths = Date.now() - began > healthyAfter ? 1 : deaths + 1;
      if (!everReady && deaths >= triesToStart) return reject(serviceFailure(options));
      await delay(Math.min(firstPause * 2 ** (deaths - 1), longestPause));
    }
    reject(new Error(`${options.name} was stopped before it was ready`));
  };
  const running = loop();

  const end = async (): Promise<void> => {
    if (child?.pid !== undefined) await endProcesses([child.pid], { graceMs });
  };
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
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > largestLog) renameSync(log, `${log}.1`);
  const file = openSync(log, 'a');
  const [program, ...args] = argv;
  const child = spawn(program, args, { env, cwd, detached: true, stdio: ['ignore', reads ? 'pipe' : file, file] });
  closeSync(file);
  return child;
}

function serviceFailure({ name, log }: ServiceOptions): Error {
  const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
  return new Error(`${name} ended ${triesToStart} times before it was ready. Its log: ${log}\n${tail}`);
}
