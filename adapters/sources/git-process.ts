import { execa } from 'execa';
import { classified, hasCode } from '../../ports/failure.ts';
import { cleanEnvironment } from '../launchers/environment.ts';

/** Variables by which git may ask an origin; by `ext`, which runs a command of the repository's, it may not. */
export const asking = { GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh' };

export interface GitOptions {
  input?: string;
  /** Further variables. Without `asking` nothing is fetched, also not by git itself for what a partial clone lacks. */
  env?: { [name: string]: string };
  /** Ends git; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

/** What git prints. Throws `invalid` with git's own words where it refuses. */
export async function git(folder: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const said = await askGit(folder, args, options);
  if ('output' in said) return said.output;
  throw unreadable(folder, said.problem);
}

/** The failure of reading a repository, with the words of git. */
export function unreadable(folder: string, problem: string): Error {
  return classified('invalid', `git cannot read the repository ${folder}: ${problem}. Clone it again, or take it out of the folder`);
}

/** The first line in which git says what is wrong; undefined: none. */
export function wordsIn(stderr: string): string | undefined {
  return /^(?:error|fatal|ssh): .*/m.exec(stderr)?.[0];
}

/** What git prints, or the line that says why it refuses. */
export async function askGit(
  folder: string,
  args: readonly string[],
  { input = '', env, signal }: GitOptions = {},
): Promise<{ output: string } | { problem: string }> {
  signal?.throwIfAborted();
  const variables = { ...processOptions.env, ...env };
  const options = { ...processOptions, env: variables, input, reject: false, maxBuffer: mostCharacters, detached: true } as const;
  const child = execa('git', argumentsOf(folder, args), options);
  const end = (): void => endGroup(child.pid);
  signal?.addEventListener('abort', end);
  const { exitCode, stdout, stderr, code, shortMessage } = await child;
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
  if (exitCode === 0) return { output: stdout };
  if (code === 'ENOENT') throw classified('invalid', 'the program git was not found. Install git on the machine of the worker, and run again');
  return { problem: wordsIn(stderr) ?? shortMessage ?? 'it ended without a word' };
}

/** Git with the programs that it has started: one that waits for a server would go on alone. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** Of a listing: some million files. */
const mostCharacters = 500_000_000;

/** Proxies by which origins are reached; git itself knows these variables. */
const proxies = Object.entries(process.env).filter(([name]) => /^(https?|all|no)_proxy$/i.test(name));

export const processOptions = {
  extendEnv: false,
  env: cleanEnvironment({
    ...Object.fromEntries(proxies),
    GIT_ALLOW_PROTOCOL: '',
    GIT_ASKPASS: '',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_PROXY_COMMAND: '',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  }),
  stripFinalNewline: false,
} as const;

/**
 * A folder that belongs to somebody else is read as well, because no program that its configuration names is run: these settings and the
 * variables above go before its own.
 */
export function argumentsOf(folder: string, args: readonly string[]): string[] {
  const safe = ['safe.directory=*', 'core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.sshCommand=ssh', 'credential.helper='];
  const fetching = ['core.alternateRefsCommand=true', 'maintenance.auto=false'];
  const settings = [...safe, ...fetching, 'http.lowSpeedLimit=1000', 'http.lowSpeedTime=60'];
  return ['-C', folder, ...settings.flatMap((setting) => ['-c', setting]), ...args];
}
