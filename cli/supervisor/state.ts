import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders and files of the embedded services of one store. */
export function devPaths(store: string) {
  const folder = join(store, 'dev');
  return {
    folder,
    state: join(folder, 'dev.json'),
    /** Touched by whoever uses the services, so that they are not stopped as idle under a command that just began. */
    used: join(folder, 'used'),
    /** What the worker shall be started with; read again on SIGHUP. */
    wanted: join(folder, 'wanted.json'),
    database: join(folder, 'temporal.db'),
    logs: join(folder, 'logs'),
  };
}

/** What stands in `dev.json`: how the embedded services of a store are. */
export interface DevState {
  /** The supervisor. */
  pid: number;
  server: number | null;
  worker: number | null;
  state: 'starting' | 'ready' | 'stopping' | 'failed';
  address: string;
  ui: string;
  port: number;
  /** Digest of the configuration the worker was started with; null until it is ready. */
  config: string | null;
  /** Digests of the variables that the configuration names, as the worker was started with them. */
  variables: { [name: string]: string };
  /** How often each was started again after it had died. */
  restarts: { server: number; worker: number };
  /** Milliseconds since the epoch. */
  started: number;
  message?: string;
}

/** What a worker is started with: the folder commands are given in and the configuration file, if there is one. */
export interface Wanted {
  folder: string;
  config: string | null;
  /** Names of the variables of the environment that its endpoints need. */
  variables: string[];
  /** The process whose values of these variables count, as far as it has any; null: the worker keeps those it has. */
  asker: number | null;
}

export function readState(store: string): DevState | null {
  return readJson<DevState>(devPaths(store).state);
}

/** Replaces the state as a whole: a reader sees the old one or the new one. */
export function writeState(store: string, state: DevState): void {
  writeJson(devPaths(store).state, state);
}

export function removeState(store: string): void {
  rmSync(devPaths(store).state, { force: true });
}

export function readWanted(store: string): Wanted | null {
  return readJson<Wanted>(devPaths(store).wanted);
}

export function writeWanted(store: string, wanted: Wanted): void {
  writeJson(devPaths(store).wanted, wanted);
}

/** Names a configuration by its place and content; the folder that a command is given in changes nothing of it. */
export function configDigest({ config }: Wanted): string {
  const hash = createHash('sha256');
  if (config !== null) hash.update(config).update(readFileSync(config));
  return hash.digest('hex');
}

/** Digests of the variables that an environment has, by name; `started` of the services makes them good for these alone. */
export function variableDigests(names: string[], { environment, started }: { environment: NodeJS.ProcessEnv; started: number }): DevState['variables'] {
  const set = names.filter((name) => environment[name] !== undefined);
  return Object.fromEntries(set.map((name) => [name, createHash('sha256').update(`${started} ${name}=${environment[name]}`).digest('hex').slice(0, 16)]));
}

export function touchUsed(store: string): void {
  const { folder, used } = devPaths(store);
  mkdirSync(folder, { recursive: true });
  writeFileSync(used, '');
  utimesSync(used, new Date(), new Date());
}

/** Milliseconds since the epoch; 0 when nobody used it. */
export function lastUsed(store: string): number {
  return statSync(devPaths(store).used, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function readJson<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return null;
  }
}

function writeJson(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}`;
  writeFileSync(part, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(part, path);
}
