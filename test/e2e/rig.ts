import { execa } from 'execa';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, resolve as resolvePath } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EndpointCounts, Faults } from './fixtures/faults.ts';

/** Root of the checkout. */
export const home = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const python = join(home, '.setup', 'python', 'bin', 'python');
const fixtures = join(home, 'test', 'e2e', 'fixtures');

/** Last line of `run --json`. */
export interface Result {
  type: 'result';
  status: 'succeeded' | 'failed' | 'cancelled';
  run: string;
  nodes: { total: number; ran: number; reused: number };
  calls: { [endpoint: string]: number };
  training_steps: number;
  report: string | null;
}

/** A folder of a user with the real command line in it; every process of it ends with the test. */
export interface Project extends AsyncDisposable {
  folder: string;
  store: string;
  write(name: string, text: string): Promise<void>;
  /** Runs a command to its end; never throws for an exit code. */
  codepmp(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** Starts `run FILE --json` and goes on. */
  start(...args: string[]): Run;
  /** `run FILE --json` to its end. */
  run(...args: string[]): Promise<Result>;
  /** Ids of the processes the supervisor owns. */
  pids(): Promise<{ pid: number; server: number; worker: number }>;
}

export interface Run {
  /** Resolves with the exit code. */
  exit: Promise<number>;
  result: Promise<Result>;
}

/** A new project in a folder of its own; `.codepmp` appears in it with the first run. */
export async function project(files: { [name: string]: string } = {}): Promise<Project> {
  return projectIn(await mkdtemp(join(tmpdir(), 'codepmp-e2e-')), files);
}

/** A new project in this folder. */
export async function projectIn(folder: string, files: { [name: string]: string }): Promise<Project> {
  const temporary = join(folder, 'tmp');
  await mkdir(temporary, { recursive: true });
  const store = join(folder, '.codepmp');
  const entry = join(home, 'codepmp');
  const options = { cwd: folder, reject: false, env: { NO_COLOR: '1', TMPDIR: temporary } } as const;
  const codepmp: Project['codepmp'] = async (...args) => {
    const { exitCode, stdout, stderr } = await execa(entry, args, options);
    return { exitCode: exitCode ?? -1, stdout, stderr };
  };
  const start = (...args: string[]): Run => {
    const running = execa(entry, ['run', ...args, '--json'], options);
    const result = running.then(({ stdout, stderr }) => lastLine(String(stdout), String(stderr)));
    return { exit: running.then(({ exitCode }) => exitCode ?? -1), result };
  };
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return {
    folder,
    store,
    write,
    codepmp,
    start,
    run: (...args) => start(...args).result,
    pids: async () => JSON.parse(await readFile(join(store, 'dev', 'dev.json'), 'utf8')),
    async [Symbol.asyncDispose]() {
      await codepmp('dev', 'stop');
      const left = processesOf(store);
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      const files = readdirSync(temporary);
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      if (left.length > 0) throw new Error(`dev stop left ${JSON.stringify(left)}`);
      if (files.length > 0) throw new Error(`in the temporary folder are left ${files.join(', ')}`);
    },
  };
}

function lastLine(stdout: string, stderr: string): Result {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  const result = line.startsWith('{') ? (JSON.parse(line) as Result) : null;
  if (result?.type !== 'result') throw new Error(`run --json did not end with a result:\n${stdout}\n${stderr}`);
  return result;
}

/** Processes whose command line or environment names a folder. Throws for anything but an absolute path: tests kill what this finds. */
export function processesOf(folder: string): { pid: number; command: string }[] {
  if (!isAbsolute(folder)) throw new Error(`expected the absolute path of a folder, got ${folder}`);
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const command = readQuietly(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    const named = command.includes(folder) || readQuietly(`/proc/${pid}/environ`).includes(folder);
    return named && command !== '' ? [{ pid, command }] : [];
  });
}

/** Processes of launched jobs, by the marker in their environment. */
export function jobProcesses(store: string): { pid: number; command: string }[] {
  return processesOf(store).filter(({ pid }) => readQuietly(`/proc/${pid}/environ`).includes('CODEPMP_JOB='));
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Waits until a condition gives something; fails with `what` after the time. */
export async function until<T>(what: string, condition: () => T | Promise<T>, seconds = 240): Promise<NonNullable<T>> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await delay(50);
  }
}

/** A server of the fixtures; ends with the test. */
export interface Served extends Disposable {
  port: number;
  url: string;
}

/** An endpoint whose answers depend on the request alone; with a key, it refuses requests without it. */
export async function fastEndpoint(options: { delay?: number; key?: string; faults?: Faults; host?: string } = {}): Promise<Served> {
  const { delay: wait = 0, key, faults = {}, host = '127.0.0.1' } = options;
  const guarded = key === undefined ? [] : ['--key', key];
  const served = await serve('fast-endpoint.ts', '--delay', `${wait}`, '--host', host, '--faults', JSON.stringify(faults), ...guarded);
  return { ...served, url: `http://${host}:${served.port}/v1` };
}

/** What an endpoint was asked, by its own account. */
export async function countsOf({ url }: Served): Promise<EndpointCounts> {
  return (await fetch(new URL('/counts', url))).json() as Promise<EndpointCounts>;
}

/** A proxy before an endpoint that keeps a ledger of its own. */
export function recordingProxy(target: number, ledger: string): Promise<Served> {
  return serve('recording-proxy.ts', '--target', `${target}`, '--ledger', ledger);
}

/** Starts a script that prints its port: one of the fixtures, or any by its absolute path. */
export async function serve(script: string, ...args: string[]): Promise<Served> {
  const child: ChildProcess = spawn(process.execPath, [resolvePath(fixtures, script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve) => child.stdout?.once('data', (line: Buffer) => resolve(Number(line))));
  return { port, url: `http://127.0.0.1:${port}/v1`, [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

/** Requests of a proxy's ledger: how often each was asked and answered. */
export function ledgerOf(file: string): Map<string, { asked: number; answered: number }> {
  const counts = new Map<string, { asked: number; answered: number }>();
  if (!existsSync(file)) return counts;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [event, request] = line.split(' ');
    if (!request || (event !== 'asked' && event !== 'answered')) continue;
    const count = counts.get(request) ?? { asked: 0, answered: 0 };
    count[event]++;
    counts.set(request, count);
  }
  return counts;
}

/** Tiny random weights of a family of models, made once per checkout, as a folder. */
export async function tinyWeights(family: 'llama' | 'qwen2' = 'llama'): Promise<string> {
  const folder = join(home, '.setup', 'models', `tiny-${family}-for-tests`);
  if (existsSync(join(folder, 'model.safetensors'))) return folder;
  const tokenizer = join(home, '.setup', 'models', 'smollm2-135m-instruct');
  const part = await mkdtemp(`${folder}.`);
  await execa(python, [join(fixtures, 'tiny_weights.py'), tokenizer, part, family]);
  await rename(part, folder).catch(() => rm(part, { recursive: true })); // where another test was faster, its weights are the same
  return folder;
}

/** Type, row count and shard digests of a step's artifact in the last run: equal means equal byte for byte. */
export async function artifactOf(user: Project, step: string): Promise<{ digest: string; rows: number }> {
  const { stdout } = await user.codepmp('show', step, '--json');
  const shown = JSON.parse(stdout) as { artifact: string; rows: number };
  return { digest: shown.artifact, rows: shown.rows };
}

/** Numbers of the optimiser steps made in a store, in the order they were made. */
export async function trainingSteps(user: Project): Promise<number[]> {
  const jobs = join(user.store, 'jobs');
  const files = existsSync(jobs) ? readdirSync(jobs).map((job) => join(jobs, job, 'progress.jsonl')) : [];
  const lines = files.flatMap((file) => readQuietly(file).split('\n')).filter((line) => line.includes('"step"'));
  return lines.map((line) => (JSON.parse(line) as { step: number }).step);
}
