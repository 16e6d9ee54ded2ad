import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Compiled } from '../compile.ts';
import type { Code, Diagnostic } from '../diagnostics/diagnostic.ts';
import { warm, type GuardedAnswer, type GuardedOptions } from './protocol.ts';
import { renderDiagnostic } from '../diagnostics/render.ts';

interface GuardOptions {
  /** Milliseconds that one file may take, once the process is warm. Default: 30,000. */
  deadlineMs?: number;
  /** Megabytes of JavaScript heap. Default: 1,024, twice what ten thousand cells take. */
  memoryMb?: number;
  /** Whether the process warms up before its first file, which takes about two seconds. Default: true. */
  isWarm?: boolean;
}

/** Compiles files that may be hostile, in a process of its own. */
interface Guarded {
  /**
   * Like `compile`, one file at a time. A file that takes too long or needs too much memory gets a diagnostic (E0108, E0109), and the
   * next file a new process. Rejects if the compiler itself fails.
   */
  compile: (options: GuardedOptions) => Promise<Compiled>;
  /** Ends the process. */
  close: () => void;
}

/**
 * Starts a process that stays warm for the next file. A thread would not do: when V8 runs out of heap, it aborts the whole process
 * with all its threads.
 */
export function createGuardedCompile({ deadlineMs = 30_000, memoryMb = 1_024, isWarm = true }: GuardOptions = {}): Guarded {
  let running: Promise<ChildProcess> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  const stop = () => {
    void running?.then((child) => child.kill('SIGKILL')).catch(() => {});
    running = null;
  };
  const ready = async (): Promise<ChildProcess> => {
    try {
      const child = await (running ??= startChild({ memoryMb, isWarm }));
      if (!hasEnded(child)) return child;
      return await (running = startChild({ memoryMb, isWarm }));
    } catch (error) {
      running = null;
      throw error;
    }
  };
  const compileNow = async (options: GuardedOptions): Promise<Compiled> => {
    const answer = await askChild(await ready(), options, deadlineMs);
    if (typeof answer === 'object' && 'error' in answer) throw new Error(answer.error);
    if (typeof answer === 'object') return answer.compiled;
    stop();
    if (!isClosed) running = startChild({ memoryMb, isWarm });
    running?.catch(() => {});
    return refusedFile(options.file, answer === 'late' ? late(deadlineMs) : tooBig(memoryMb));
  };
  return {
    compile(options) {
      const compiled = last.then(() => compileNow(options));
      last = compiled.catch(() => {});
      return compiled;
    },
    close() {
      isClosed = true;
      stop();
    },
  };
}

/** Compiles one file in a process of its own, which ends with it. */
export async function compileGuarded(options: GuardedOptions): Promise<Compiled> {
  const guarded = createGuardedCompile({ isWarm: false });
  try {
    return await guarded.compile(options);
  } finally {
    guarded.close();
  }
}

/** Starts the process without this process's environment, and resolves once the compiler is loaded. It does not keep this process alive. */
async function startChild({ memoryMb, isWarm }: { memoryMb: number; isWarm: boolean }): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('guarded-child.ts', import.meta.url)), isWarm ? [warm] : [], {
    execArgv: [`--max-old-space-size=${memoryMb}`, '--max-semi-space-size=32', '--disable-warning=ExperimentalWarning'],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const failed = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the compiler process ended before it was ready: ${String(signal ?? code)}`);
  });
  failed.catch(() => {});
  await Promise.race([once(child, 'message'), failed]);
  child.unref();
  child.channel?.unref();
  return child;
}

async function askChild(child: ChildProcess, options: GuardedOptions, deadlineMs: number): Promise<GuardedAnswer | 'late' | 'dead'> {
  const ended = new AbortController();
  const { signal } = ended;
  const timer = setTimeout(() => ended.abort(), deadlineMs);
  child.channel?.ref();
  try {
    const answer = once(child, 'message', { signal }).then(([message]) => message as GuardedAnswer);
    const death = once(child, 'exit', { signal }).then(() => 'dead' as const);
    const first = Promise.race([answer, death]).catch((error: unknown) => {
      if (signal.aborted) return 'late' as const;
      throw error;
    });
    void answer.catch(() => {});
    void death.catch(() => {});
    if (hasEnded(child)) return 'dead';
    child.send(options);
    return await first;
  } finally {
    clearTimeout(timer);
    ended.abort();
    child.channel?.unref();
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function refusedFile(file: string, problem: Pick<Diagnostic, 'message' | 'expected' | 'hint'> & { code: Code }): Compiled {
  const diagnostic: Diagnostic = { severity: 'error', file, line: 1, column: 1, ...problem };
  return { diagnostics: [diagnostic], rendered: [renderDiagnostic(diagnostic, '')] };
}

const hint = 'make the sweeps smaller: vary one factor at a time, or submit them one by one';

function late(deadlineMs: number) {
  const expected = `at most ${deadlineMs / 1000} s`;
  return { code: 'E0108', message: 'checking the file takes too long', expected, hint } as const;
}

function tooBig(memoryMb: number) {
  const expected = `at most ${memoryMb} MB`;
  return { code: 'E0109', message: 'checking the file needs too much memory', expected, hint } as const;
}
