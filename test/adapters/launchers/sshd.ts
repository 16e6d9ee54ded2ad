import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';

const program = '/usr/sbin/sshd';

/** Whether this machine has an ssh server that a test can start. */
export const hasSshd = process.platform === 'linux' && existsSync(program);

export interface SshNodes {
  /** Configuration of ssh that knows the nodes. */
  config: string;
  hosts: string[];
  stop(): Promise<void>;
}

/**
 * Starts an ssh server for each node on a loopback address of its own, which lets in this user by a key of its own. What runs on the nodes
 * has its temporary files in the folder, among them the locks of the nodes: nodes of other tests that have the same names are other nodes.
 */
export async function startSshNodes(folder: string, hosts: string[] = ['n1', 'n2']): Promise<SshNodes> {
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  for (const key of ['host', 'id']) await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  writeFileSync(join(folder, 'authorized_keys'), readFileSync(join(folder, 'id.pub')));
  chmodSync(join(folder, 'authorized_keys'), 0o600);
  const [type, key] = readFileSync(join(folder, 'host.pub'), 'utf8').split(' ');
  const servers: ChildProcess[] = [];
  let client = '';
  let known = '';
  for (const [index, host] of hosts.entries()) {
    const address = `127.0.0.${index + 2}`;
    const port = await freePort(address);
    const file = join(folder, `sshd-${host}`);
    writeFileSync(file, serverConfiguration({ folder, host, address, port }));
    const log = openSync(`${file}.log`, 'a');
    servers.push(spawn(program, ['-D', '-e', '-f', file], { stdio: ['ignore', log, log] }));
    client += `Host ${host}\n  HostName ${address}\n  Port ${port}\n`;
    known += `[${address}]:${port} ${type} ${key}\n`;
    await listening(address, port);
  }
  const config = join(folder, 'ssh-config');
  const files = `  IdentityFile ${join(folder, 'id')}\n  UserKnownHostsFile ${join(folder, 'known_hosts')}\n`;
  writeFileSync(config, `${client}Host *\n${files}  IdentitiesOnly yes\n  StrictHostKeyChecking yes\n`);
  writeFileSync(join(folder, 'known_hosts'), known);
  const stop = async (): Promise<void> => {
    for (const server of servers) if (server.exitCode === null && server.kill('SIGTERM')) await once(server, 'exit');
  };
  return { config, hosts, stop };
}

function serverConfiguration({ folder, host, address, port }: { folder: string; host: string; address: string; port: number }): string {
  return `Port ${port}
ListenAddress ${address}
HostKey ${join(folder, 'host')}
AuthorizedKeysFile ${join(folder, 'authorized_keys')}
PidFile ${join(folder, `pid-${host}`)}
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
SetEnv TMPDIR=${folder}
MaxStartups 50:30:100
`;
}

async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function listening(host: string, port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++, await delay(50)) {
    const socket = connect({ host, port });
    const reached = await once(socket, 'connect').then(() => true, () => false);
    socket.destroy();
    if (reached) return;
  }
  throw new Error(`no ssh server listens at ${host}:${port}`);
}
