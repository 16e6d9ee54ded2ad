import { execa } from 'execa';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stopServices } from '../../../cli/supervisor/index.ts';
import type { DevState } from '../../../cli/supervisor/index.ts';

export const checkout = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
export const fixtures = join(checkout, 'test', 'cli', 'supervisor', 'fixtures');

/** A user's folder with a store, and an installation whose worker is a stand-in and whose Temporal server is real. */
export interface ServicesRig extends AsyncDisposable {
  folder: string;
  store: string;
  home: string;
  /**
   * Joins the services in a process of its own; `takes`: the worker shall have its values of these variables; `isExact`: and just this
   * configuration (default: with `takes`).
   */
  join(config?: string | null, env?: { [name: string]: string }, takes?: string[], isExact?: boolean): Promise<DevState>;
  /** What the workers were started with, in order. */
  starts(): Promise<{ pid: number; config: string; address: string; key?: string }[]>;
}

export async function servicesRig(worker = 'stand-in-worker.ts'): Promise<ServicesRig> {
  const folder = await mkdtemp(join(tmpdir(), 'codepmp-services-'));
  const home = join(folder, 'home');
  const store = join(folder, '.codepmp');
  await mkdir(join(home, 'worker'), { recursive: true });
  await symlink(join(checkout, '.setup'), join(home, '.setup'));
  await symlink(join(fixtures, worker), join(home, 'worker', 'main.ts'));
  return {
    folder,
    store,
    home,
    join: async (config = null, env = {}, takes, isExact = takes !== undefined) => {
      const options = JSON.stringify({
        store,
        home,
        wanted: { folder, config, variables: takes ?? ['MY_KEY'] },
        takes: takes !== undefined,
        isExact,
      });
      const { stdout } = await execa(process.execPath, [join(fixtures, 'join.ts'), options], { env });
      return JSON.parse(stdout) as DevState;
    },
    starts: async () => {
      const text = await readFile(join(store, 'dev', 'starts.jsonl'), 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { pid: number; config: string; address: string; key?: string });
    },
    async [Symbol.asyncDispose]() {
      await stopServices(store);
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** Waits until a condition gives something. */
export async function until<T>(what: string, condition: () => T | Promise<T>, seconds = 240): Promise<NonNullable<T>> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await delay(50)) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
  }
  throw new Error(`waited ${seconds} s in vain until ${what}`);
}
