import { join } from 'node:path';
import type { JobRequest, Launcher } from '../../ports/launcher.ts';
import { agentProgram, gangProgram, killWithin, writeWhole } from './gang/files.ts';
import type { GangRequest } from './gang/protocol.ts';

export interface SshOptions {
  /** Runs the gang's own process on this machine. */
  local: Launcher;
  /** Nodes as ssh knows them; a job takes as many as it needs, in the order of their names. */
  hosts: string[];
  /** A configuration file for ssh. Default: the user's. */
  config?: string;
  /** Milliseconds after which a node that hears nothing of us kills what it runs. */
  fenceMs?: number;
}

/**
 * Runs jobs on the nodes of a pool over ssh. On this machine a gang is one process that outlives the worker, holds a connection to each
 * node, and is submitted, found again and cancelled like any local job; the nodes' programs end with its connections. Nodes must share
 * the store's folder and the installation with this machine, at the same paths.
 */
export function createSshLauncher(options: SshOptions): Launcher {
  const { local } = options;
  return {
    ...local,
    async submit(request) {
      const folder = await local.folder(request);
      const file = join(folder, 'gang.json');
      await writeWhole(file, JSON.stringify(gangOf(request, { ...options, folder, file }), null, 2));
      const { SSH_AUTH_SOCK: agent } = process.env;
      const env = { CODEPMP_ELSEWHERE: '1', ...(agent === undefined ? {} : { SSH_AUTH_SOCK: agent }) };
      return local.submit({ ...request, argv: [process.execPath, gangProgram, file], env, cwd: folder });
    },
    async cancel(ref, { graceMs }) {
      await writeWhole(join(await local.folder(ref), 'grace'), `${graceMs}`);
      await local.cancel(ref, { graceMs: graceMs + killWithin });
    },
  };
}

function gangOf(request: JobRequest, options: SshOptions & { folder: string; file: string }): GangRequest {
  const { argv, env, cwd, job, attempt, nodes = 1, firstNode = 0 } = request;
  const { folder, file, config, fenceMs = 30_000 } = options;
  const hosts = options.hosts.toSorted().slice(firstNode, firstNode + nodes);
  const agentOn = (host: string, rank: number): string =>
    shellCommand(['exec', process.execPath, agentProgram, file, `${rank}`, host]);
  const flags = [...(config === undefined ? [] : ['-F', config]), ...sshFlags];
  return {
    argv,
    env,
    cwd,
    folder,
    nodes: hosts.length,
    links: hosts.map((host, rank) => ['ssh', ...flags, host, agentOn(host, rank)]),
    marker: { CODEPMP_RANK: `${job}/${attempt}`, CODEPMP_RANK_FOLDER: folder },
    takesTurns: true,
    fenceMs,
  };
}

/** Never asks, notices within 15 s that a node is gone, and shares no connection, so that each ends by itself. */
export const sshFlags = ['BatchMode=yes', 'ConnectTimeout=10', 'ControlPath=none', 'ServerAliveInterval=5', 'ServerAliveCountMax=3'].flatMap(
  (setting) => ['-o', setting],
);

/** A command line for the shell of a node. */
export function shellCommand(words: string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
