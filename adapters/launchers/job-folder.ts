import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { JobState, ProcessFailure } from '../../ports/launcher.ts';
import type { Span } from '../../plan/index.ts';
import { hasCode } from '../../ports/failure.ts';

/**
 * Runs in the attempt's folder: claims the attempt by creating `pid` (the shell refuses to overwrite it, so that only one of many
 * continues), starts the program and records its exit status. Arguments: working folder, program, its arguments. `keeper`: a command that
 * runs beside the program, whose process is `$child`, in the attempt's folder, and gets SIGTERM when that has ended.
 */
export function wrapperScript(keeper = ''): string {
  return `
folder=$PWD
( set -C; echo "$$ $CODEPMP_JOB_MACHINE" > pid ) 2>/dev/null || exit 75
cd "$1" 2>"$folder/stderr.log" || { echo 126 > "$folder/exit"; exit 126; }
shift
"$@" </dev/null >"$folder/stdout.log" 2>"$folder/stderr.log" &
child=$!
echo $child > "$folder/child"
${keeper === '' ? '' : `( cd "$folder"; ${keeper} ) </dev/null >/dev/null 2>&1 & keeper=$!`}
wait $child
echo $? > "$folder/exit.part"
mv "$folder/exit.part" "$folder/exit"
${keeper === '' ? '' : 'kill $keeper'}
`;
}

const cancelledBefore = 'cancelled\n';

/** The state of an attempt, from its files. */
interface AttemptRecord {
  /** Process id of the wrapper; null if it was never started, NaN if it is just starting. */
  wrapper: number | null;
  /** The machine that the wrapper has noted for its process id; null: none. */
  machine: string | null;
  /** Process id of the launched program. */
  child: number | null;
  /** Exit status, as a shell reports it. */
  exit: number | null;
  /** True if somebody asked to end it. */
  cancelled: boolean;
}

export async function readAttempt(folder: string): Promise<AttemptRecord> {
  const [pid, child, exit, cancelled] = await Promise.all(
    ['pid', 'child', 'exit', 'cancelled'].map((name) => readText(join(folder, name))),
  );
  const never = pid === cancelledBefore;
  return {
    wrapper: typeof pid === 'string' && !never ? Number.parseInt(pid, 10) : null,
    machine: (!never && pid?.trim().split(' ')[1]) || null,
    child: child ? Number.parseInt(child, 10) : null,
    exit: exit ? Number.parseInt(exit, 10) : null,
    cancelled: never || typeof cancelled === 'string',
  };
}

/** Records a request to end an attempt; if it was never started, it cannot be started afterwards. */
export async function recordCancel(folder: string): Promise<void> {
  await writeFile(join(folder, 'pid'), cancelledBefore, { flag: 'wx' }).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  await writeFile(join(folder, 'cancelled'), '');
}

/** How the attempt failed, by its files; null for exit status 0. */
export async function readProcessFailure(folder: string, record: AttemptRecord): Promise<ProcessFailure | null> {
  const { exit, cancelled } = record;
  if (exit === 0) return null;
  const signal = exit !== null && exit > 128 ? signalName(exit - 128) : null;
  return {
    command: (await readText(join(folder, 'command')))?.trim() ?? '',
    exit: signal === null ? exit : null,
    signal,
    cancelled,
    preempted: signal === 'SIGTERM' && !cancelled,
    stderr: lastLines(await readTail(join(folder, 'stderr.log'), 8_192)),
  };
}

/**
 * When an attempt in this state ran, by its files; without a recorded end, it ran until its last write. `begin`: the file that is written
 * when it begins.
 */
export async function readSpan(folder: string, { state }: Pick<JobState, 'state'>, begin = 'pid'): Promise<Span | null> {
  if (state === 'absent') return null;
  const { wrapper } = await readAttempt(folder);
  const from = await timeOf(join(folder, begin));
  if (wrapper === null || from === null) return null;
  if (state !== 'exited') return [from, Date.now()];
  const written = await Promise.all((await readdir(folder)).map((name) => timeOf(join(folder, name))));
  return [from, (await timeOf(join(folder, 'exit'))) ?? Math.max(...written.map((time) => time ?? from))];
}

/** When a file was last written, milliseconds since the epoch; null if there is none. */
async function timeOf(path: string): Promise<number | null> {
  return stat(path).then(({ mtimeMs }) => mtimeMs, () => null);
}

/** The last bytes of a file as text; empty if there is none. */
export async function readTail(path: string, bytes: number): Promise<string> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, bytes));
    const { bytesRead } = await file.read(tail, 0, tail.length, size - tail.length);
    return tail.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
}

/** The last 20 lines. */
export function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-20).join('\n');
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
}
