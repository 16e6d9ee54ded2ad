import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from '../environment.ts';
import { carries, findProcesses, killAll } from '../processes.ts';
import type { GangRequest } from './protocol.ts';

/** The program of a node. */
export interface NodeProgram {
  /** Its exit status as a shell reports it, once it has ended and nothing it started is left. */
  ended: Promise<number>;
  /** Asks it to end. */
  term(): void;
  /** Kills it and everything it started; resolves when nothing is left. */
  kill(): Promise<void>;
}

/**
 * Runs the program and sends it the signals that standard input names: the first process of a namespace, which this is, does not get
 * them itself. When the input ends, whoever started this is gone, and so must the program be.
 */
const rankScript = `
exec 3<&0
"$@" </dev/null 3<&- & child=$!
{ while read signal; do kill -s "$signal" $child 2>/dev/null; done; kill -s KILL $child 2>/dev/null; } <&3 &
wait $child
`;

/** Starts the program of a node, in a process namespace of its own where the system allows that, with its output in the attempt's folder. */
export function startRank(request: GangRequest, { node, env }: { node: string; env: { [name: string]: string } }): NodeProgram {
  const [out, err] = ['stdout', 'stderr'].map((stream) => openSync(join(request.folder, `${node}.${stream}.log`), 'a')) as [number, number];
  const [program, ...args] = [...namespace(), '/bin/sh', '-c', rankScript, 'codepmp-rank', ...request.argv];
  const marker = { ...request.marker, CODEPMP_NODE: node };
  const child = spawn(program ?? '', args, {
    cwd: request.cwd,
    env: cleanEnvironment({ ...request.env, ...env, ...marker }),
    stdio: ['pipe', out, err],
    detached: true,
  });
  closeSync(out);
  closeSync(err);
  child.stdin?.on('error', () => undefined);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await killAll(() => findProcesses(carries(marker), { descendants: true }));
  };
  return { ended: exitOf(child).finally(kill), term: () => void child.stdin?.write('TERM\n'), kill };
}

/** The program that gives a command a process namespace which ends with it, and with us; empty where the system has none. */
function namespace(): string[] {
  const asUser = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user'];
  const argv = ['setpriv', '--pdeathsig', 'KILL', 'unshare', ...asUser, '--pid', '--fork', '--kill-child=KILL', '--mount-proc'];
  return spawnSync('/usr/bin/env', [...argv, 'true'], { stdio: 'ignore' }).status === 0 ? argv : [];
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
