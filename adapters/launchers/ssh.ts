import type { Launcher } from '../../ports/launcher.ts';
import { agentProgram } from './gang/files.ts';
import { createGangLauncher, type GangOptions } from './gang/launcher.ts';
import type { GangLink } from './gang/protocol.ts';

export interface SshOptions extends Pick<GangOptions, 'local' | 'fenceMs'> {
  /** Nodes as ssh knows them; a job takes as many as it needs, in the order of their names. */
  hosts: string[];
  /** A configuration file for ssh. Default: the user's. */
  config?: string;
}

/** Runs jobs on the nodes of a pool over ssh: a gang holds a connection to each, and the programs there end with it. */
export function createSshLauncher({ local, fenceMs, hosts, config }: SshOptions): Launcher {
  const flags = [...(config === undefined ? [] : ['-F', config]), ...sshFlags];
  const { SSH_AUTH_SOCK } = process.env;
  return createGangLauncher({
    local,
    fenceMs,
    env: SSH_AUTH_SOCK === undefined ? {} : { SSH_AUTH_SOCK },
    nodesOf({ nodes = 1, firstNode = 0 }, { file }) {
      const chosen = hosts.toSorted().slice(firstNode, firstNode + nodes);
      const agentOn = (host: string, rank: number): string =>
        shellCommand(['exec', process.execPath, agentProgram, file, `${rank}`, host]);
      const links = chosen.map((node, rank): GangLink => ({ node, command: ['ssh', ...flags, node, agentOn(node, rank)] }));
      return { nodes: chosen.length, links, takesTurns: true };
    },
  });
}

/** Never asks, notices within 15 s that a node is gone, and shares no connection, so that each ends by itself. */
export const sshFlags = ['BatchMode=yes', 'ConnectTimeout=10', 'ControlPath=none', 'ServerAliveInterval=5', 'ServerAliveCountMax=3'].flatMap(
  (setting) => ['-o', setting],
);

/** A command line for the shell of a node. */
export function shellCommand(words: string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
