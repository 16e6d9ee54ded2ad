import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders and files of the embedded services of one store. */
export function devPaths(store: string) {
  const folder = join(store, 'dev');
  return {
    folder,
    state: join(folder, 'dev.json'),
    /** Touched by every command that uses the services, so that they are not stopped as idle just when one starts. */
    used: join(folder, 'used'),
    /** The options the worker is started with; read again on SIGHUP. */
    wanted: join(folder, 'wanted.json'),
    database: join(folder, 'temporal.db'),
    logs: join(folder, 'logs'),
  };
}

/** The content of `dev.json`: the state of the embedded services of a store. */
export interface DevState {
  /** The supervisor. */
  pid: number;
  /** The machine that its process ids are of. */
  machine: string;
  server: number | null;
  worker: number | null;
  state: 'starting' | 'ready' | 'stopping' | 'failed';
  address: string;
  ui: string;
  port: number;
  /** Digest of the configuration the worker was started with; null until it is ready. */
  config: string | null;
  /** Digests of the environment variables in the configuration, as they were when the worker started. */
  variables: { [name: string]: string };
  /** How often each was restarted after it had died. */
  restarts: { server: number; worker: number };
  /** Milliseconds since the epoch. */
  started: number;
  message?: string;
}

/** The options of a worker: the current folder of the command and the configuration file, if there is one. */
export interface Wanted {
  folder: string;
  config: string | null;
  /** Names of the environment variables that its endpoints need. */
  variables: string[];
  /** The process whose values of these variables are used if it has any; null: the worker keeps its own. */
  asker: number | null;
}

export function readState(store: string): DevState | null {
  return readJson<DevState>(devPaths(store).state);
}

/** Replaces the state atomically: a reader sees the old or the new one. */
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

/** Digest of a configuration, its path and content; the current folder does not matter. */
export function configDigest({ config }: Wanted): string {
  const hash = createHash('sha256');
  if (config !== null) hash.update(config).update(readFileSync(config));
  return hash.digest('hex');
}

/** Digests of an environment's variables, by name; salted with `started`, so that they are only valid for these services. */
export function variableDigests(
  names: string[],
  { environment, started }: { environment: NodeJS.ProcessEnv; started: number },
): DevState['variables'] {
  const set = names.filter((name) => environment[name] !== undefined);
  return Object.fromEntries(
    set.map((name) => [name, createHash('sha256').update(`${started} ${name}=${environment[name]}`).digest('hex').slice(0, 16)]),
  );
}

export function touchUsed(store: string): void {
  const { folder, used } = devPaths(store);
  mkdirSync(folder, { recursive: true });
  writeFileSync(used, '');
  utimesSync(used, new Date(), new Date());
}

/** Time of the last use, milliseconds since the epoch; 0 if there was none. */
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
  try {
    writeFileSync(part, `${JSON.stringify(value, null, 2)}\n`);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
