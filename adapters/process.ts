import { execa, ExecaError } from 'execa';
import type { ProcessFailure, RunProcess } from '../activities/ports.ts';
import { cleanEnvironment } from './launchers/environment.ts';
import { classified } from './errors.ts';
import { lastLines } from './launchers/job-folder.ts';

/** Runs a short program to its end, without a shell; it is killed with this process, on abort and on timeout. */
export const runProcess: RunProcess = async (options) => {
  const { argv, env = {}, cwd, timeout, signal } = options;
  const [program, ...rest] = argv;
  try {
    const { stdout, stderr } = await execa(program, rest, {
      cwd,
      env: cleanEnvironment(env),
      extendEnv: false,
      stdin: 'ignore',
      forceKillAfterDelay: 2_000,
      ...(timeout === undefined ? {} : { timeout }),
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    return { stdout, stderr };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ExecaError)) throw error;
    const failure: ProcessFailure = {
      command: argv.join(' '),
      exit: error.exitCode ?? null,
      signal: error.signal ?? null,
      timedOut: error.timedOut,
      cancelled: error.isCanceled,
      stderr: lastLines(String(error.stderr ?? '')),
    };
    throw classified({ class: 'job-failed', message: describe(failure, error.originalMessage), cause: failure });
  }
};

function describe(failure: ProcessFailure, original: string | undefined): string {
  const { command, exit, signal, timedOut, stderr } = failure;
  const how = timedOut
    ? 'took too long and was ended'
    : signal
      ? `was ended by ${signal}`
      : exit === null
        ? `could not be started: ${original ?? 'unknown reason'}`
        : `ended with status ${exit}`;
  return `${command} ${how}${stderr ? `\n${stderr}` : ''}`;
}
