import type { Launcher } from '../../ports/launcher.ts';
import { agentProgram, failedNodes } from './gang/files.ts';
import { createGangLauncher, type GangOptions } from './gang/launcher.ts';
import type { GangLink } from './gang/protocol.ts';

export interface SshOptions extends Pick<GangOptions, 'local' | 'fenceMs'> {
  /**
   * Nodes as ssh knows them. A job takes as many as it needs, in the order of their names; a job of one node takes the first that is free,
   * those last on which it has failed.
   */
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
    async nodesOf({ nodes = 1 }, { folder, file }) {
      const failed = nodes === 1 ? await failedNodes(folder) : [];
      const inOrder = hosts.toSorted().toSorted((a, b) => Number(failed.includes(a)) - Number(failed.includes(b)));
      const chosen = nodes === 1 ? inOrder : inOrder.slice(0, nodes);
      const links = chosen.map((node, index): GangLink => {
        const agent = shellCommand(['exec', process.execPath, agentProgram, file, `${nodes === 1 ? 0 : index}`, node]);
        return { node, command: ['ssh', ...flags, node, agent] };
      });
      return { nodes: Math.min(nodes, hosts.length), links, takesTurns: true };
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
