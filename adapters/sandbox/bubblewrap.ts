import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { classified, hasCode } from '../../ports/failure.ts';
import type { Sandbox, TestedCode, TestRun } from '../../ports/sandbox.ts';

/** Where bubblewrap and Python are. */
export interface SandboxPrograms {
  bubblewrap: string;
  python: string;
  /** How many times longer than on a quiet machine code may take before it is given up without a verdict; default 20. */
  patience?: number;
}

const harness = join(import.meta.dirname, 'harness.py');

/** Time to start bubblewrap and Python on a quiet machine. */
const startMilliseconds = 5000;

/** The most characters that the harness writes. */
const longest = 4096;

/**
 * A sandbox of bubblewrap: no network, no processes and no files but Python's own, read-only, and empty folders in memory; limits for
 * time, processes, and memory with files.
 */
export function createSandbox({ bubblewrap, python, patience = 20 }: SandboxPrograms): Sandbox {
  const turns = createTurns(availableParallelism());
  let starts: Promise<StartOfPython> | null = null;
  const start = (): Promise<StartOfPython> => (starts ??= startOfPython({ bubblewrap, python }));
  return {
    async obstacle() {
      const { obstacle } = await start();
      return obstacle;
    },
    async run(tested, signal) {
      const { argv, obstacle } = await start();
      if (obstacle !== null) throw new Error(obstacle);
      const milliseconds = patience * (startMilliseconds + tested.seconds * 1000);
      return turns(() => runOnce(argv, tested, { signal, milliseconds }));
    },
  };
}

/** What ends a run early: a signal, or the time after which it has no verdict. */
interface RunEnds {
  signal: AbortSignal;
  milliseconds: number;
}

type Argv = [program: string, ...args: string[]];

interface StartOfPython {
  argv: Argv;
  obstacle: string | null;
}

/** The command that starts the harness, tried once. */
async function startOfPython({ bubblewrap, python }: SandboxPrograms): Promise<StartOfPython> {
  const { stdout } = await run(python, ['-c', 'import os, sys; print(sys.base_prefix); print(os.path.realpath(sys.executable))']);
  const [prefix = '', interpreter = ''] = stdout.trim().split('\n');
  const argv: Argv = [bubblewrap, ...walls(prefix), '--', interpreter, '-I', '-S', '-B', '/harness.py'];
  const [program, ...args] = argv;
  const obstacle = await run(program, [...args.slice(0, -1), '-c', 'pass'], { timeout: 20 * startMilliseconds }).then(
    () => null,
    (error: NodeJS.ErrnoException & { stderr?: string }) => obstacleOf(bubblewrap, error),
  );
  return { argv, obstacle };
}

const run = promisify(execFile);

function obstacleOf(bubblewrap: string, { code, stderr = '', message }: NodeJS.ErrnoException & { stderr?: string }): string {
  if (code === 'ENOENT')
    return `${bubblewrap} was not found: code of models runs in a sandbox of bubblewrap only. Install the package bubblewrap on every machine with a worker`;
  return `bubblewrap cannot make a sandbox here (${(stderr.trim() || message).split('\n', 1)[0]}). Allow unprivileged user namespaces, or run the worker on another machine`;
}

/** What code in the sandbox can reach. */
function walls(prefix: string): string[] {
  const readable = ['/usr', '/lib', '/lib64', '/bin'].flatMap((path) => ['--ro-bind-try', path, path]);
  const first = ['--unshare-all', '--as-pid-1']; // what is inside cannot stop the first process, whose environment is its own
  const own = ['--die-with-parent', '--clearenv', '--cap-drop', 'ALL', '--hostname', 'sandbox'];
  const python = ['--ro-bind', prefix, prefix, '--ro-bind', harness, '/harness.py'];
  const kernel = ['--proc', '/proc', '--dev', '/dev'];
  const empty = ['--tmpfs', '/tmp', '--tmpfs', '/dev/shm', '--chdir', '/tmp', '--setenv', 'HOME', '/tmp'];
  const sealed = ['--remount-ro', '/dev', '--remount-ro', '/'];
  return [...first, ...own, ...readable, ...python, ...kernel, ...empty, ...sealed];
}

async function runOnce([program, ...args]: Argv, tested: TestedCode, { signal, milliseconds }: RunEnds): Promise<TestRun> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true }); // a session of its own
  let isLate = false;
  const end = (): void => killGroup(child);
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, milliseconds);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  let why = '';
  child.on('error', ({ message }) => (why = ` (${message})`));
  child.stdin.on('error', () => undefined);
  const secret = randomUUID();
  child.stdin.end(JSON.stringify({ ...tested, secret }));
  const report = await headOf(child.stdout).catch(() => '');
  clearTimeout(timer);
  signal.removeEventListener('abort', end); // a group that has ended leaves its number to others
  if (report.length > longest) killGroup(child);
  signal.throwIfAborted();
  if (isLate) return { failure: 'no-verdict' };
  if (!report.startsWith(secret))
    throw classified('job-failed', `a sandbox did not start${why}. See whether the machine has memory and processes left`);
  return report.startsWith(`${secret}${secret}`) ? verdictIn(report.slice(2 * secret.length)) : crashed;
}

/** Kills bubblewrap with what it has started, which is in its process group, and dies with it by itself only once it is inside. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** What a stream brings; of one that brings more than is allowed, the beginning. */
async function headOf(stream: Readable): Promise<string> {
  let head = '';
  for await (const piece of stream.setEncoding('utf8') as AsyncIterable<string>) {
    head += piece;
    if (head.length > longest) break;
  }
  return head;
}

type RunFailure = Extract<TestRun, { failure: string }>['failure'];

const failures: readonly unknown[] = ['timed-out', 'crashed', 'no-tests', 'broken-tests'] satisfies RunFailure[];

const crashed: TestRun = { failure: 'crashed' };

/** The verdict of the harness; an answer that has ended the harness or added something has crashed. */
function verdictIn(written: string): TestRun {
  try {
    const verdict: unknown = JSON.parse(written);
    return isTestRun(verdict) ? verdict : crashed;
  } catch {
    return crashed;
  }
}

function isTestRun(verdict: unknown): verdict is TestRun {
  if (typeof verdict !== 'object' || verdict === null) return false;
  const { passed, of, failure } = verdict as { [key: string]: unknown };
  if (failure !== undefined) return failures.includes(failure);
  return Number.isInteger(passed) && Number.isInteger(of) && 0 <= Number(passed) && Number(passed) <= Number(of);
}

/** Does so many things at once at most; others wait in order. */
function createTurns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
