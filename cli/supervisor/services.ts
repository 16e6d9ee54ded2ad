import type { ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { openConnection } from './connection.ts';
import type { ServiceOptions } from './service.ts';
import { devPaths, type Wanted } from './state.ts';
import { workerProgram } from './worker-program.ts';

/**
 * Environment variable that marks the server and the worker of a store, but not the processes they start. Its value is the store's
 * folder.
 */
export const serviceMarker = 'CODEPMP_DEV';

/** Temporal namespace of the embedded server. */
export const namespace = 'default';

/** With a log written ahead, a change of the database costs a third less of the processor than with SQLite's default, and is as durable. */
const writeAhead = ['--sqlite-pragma', 'journal_mode=wal'];

type Described = Omit<ServiceOptions, 'onChange'>;

export interface ServicePlace {
  store: string;
  /** Root of the installation. */
  home: string;
  port: number;
  uiPort: number;
}

/** The server collects garbage when it has half as much as it uses, which takes a seventh less memory and hardly more CPU. */
const leanServer = { GOGC: '50' };

/** The Temporal development server, with its database in the store's folder. */
export function temporalServer({ store, home, port, uiPort }: ServicePlace): Described {
  const { database, folder, logs } = devPaths(store);
  const program = join(home, '.setup', 'python', 'bin', 'temporal');
  const places = ['--ip', '127.0.0.1', '--port', `${port}`, '--ui-port', `${uiPort}`, '--db-filename', database];
  return {
    name: 'the Temporal server',
    command: () => ({
      argv: [program, 'server', 'start-dev', ...places, ...writeAhead, '--log-level', 'warn'],
      env: { ...leanServer, ...withoutTemporal(process.env), [serviceMarker]: store },
      cwd: folder,
    }),
    log: join(logs, 'server.log'),
    reads: false,
    untilReady: (_child, signal) => untilAnswers(`127.0.0.1:${port}`, signal),
    graceMs: 8000,
  };
}

/** The worker. Its options are read at each start, so that a restart uses the current configuration and keys. */
export function worker({ store, home, port }: ServicePlace, startedWith: () => Wanted & { environment: NodeJS.ProcessEnv }): Described {
  const { folder: dev, logs } = devPaths(store);
  const address = `127.0.0.1:${port}`;
  const program = workerProgram(home);
  const settings = join(dev, 'temporal.toml');
  writeFileSync(settings, `[profile.default]\naddress = "${address}"\nnamespace = "${namespace}"\n`);
  return {
    name: 'the worker',
    command: () => {
      const { folder, config, environment } = startedWith();
      const env: NodeJS.ProcessEnv = {
        ...program.env,
        ...withoutTemporal(environment),
        TEMPORAL_CONFIG_FILE: settings,
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: namespace,
        CODEPMP_HOME: home,
        CODEPMP_STORE: store,
        CODEPMP_CONFIG: config ?? '',
        [serviceMarker]: store,
      };
      return { argv: program.argv, env, cwd: existsSync(folder) ? folder : store };
    },
    log: join(logs, 'worker.log'),
    reads: true,
    untilReady: readyLine,
    graceMs: 15_000,
  };
}

/** Tries until a server answers. */
async function untilAnswers(address: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const connection = await openConnection({ address, connectTimeout: 1000 });
      return await connection.close();
    } catch {
      await delay(150, undefined, { signal });
    }
  }
}

/** Waits for `{"type":"ready"}`; later lines are read and dropped. */
async function readyLine(child: ChildProcess, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => reject(new Error('ended')));
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"type":"ready"')) resolve();
    });
  return promise;
}

/** The environment without variables that would direct Temporal's clients to another server. */
function withoutTemporal(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
