import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execa } from 'execa';

const program = join(import.meta.dirname, '../../../adapters/launchers/agents/listener.ts');

/** Offers two nodes of this machine to a store, each on a loopback address of its own, as workers on two machines would. */
export function startListeners(root: string): { [node: string]: ChildProcess } {
  return { n1: startListener(root, { node: 'n1', address: '127.0.0.2' }), n2: startListener(root, { node: 'n2', address: '127.0.0.3' }) };
}

/** Offers a node; `within` is a command line that runs another one somewhere. */
export function startListener(
  root: string,
  { node, address, within = [] }: { node: string; address: string; within?: string[] },
): ChildProcess {
  const words = [...within, process.execPath, program, root, node, address];
  return spawn('/usr/bin/env', words, { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
}

/** Whether this user may give a process a network of its own. */
export const hasNetworks =
  process.platform === 'linux' && spawnSync('/bin/sh', ['-c', 'ip netns add codepmp-try && ip netns delete codepmp-try'], { stdio: 'ignore' }).status === 0;

/** A machine's network of its own: the command line that runs a program in it, its address here, and how it is cut off and removed. */
export async function startNetwork() {
  const [name, link] = [`codepmp-${process.pid}`, `cut${process.pid}`];
  const ip = (words: string) => execa('ip', words.split(' '));
  const within = (words: string) => ip(`netns exec ${name} ip ${words}`);
  await ip(`netns add ${name}`);
  await ip(`link add ${link} type veth peer name eth0 netns ${name}`);
  await ip(`address add 10.231.77.1/30 dev ${link}`);
  await ip(`link set ${link} up`);
  await within('address add 10.231.77.2/30 dev eth0');
  await within('link set eth0 up');
  return {
    within: ['ip', 'netns', 'exec', name],
    address: '10.231.77.2',
    cut: () => ip(`link set ${link} down`),
    remove: () => ip(`netns delete ${name}`),
  };
}

/** Withdraws an offer as the end of a worker does; resolves when the last program of the node has ended. */
export async function withdraw(listener: ChildProcess): Promise<void> {
  if (listener.exitCode !== null || listener.signalCode !== null) return;
  const ended = once(listener, 'exit');
  listener.stdin?.end();
  await ended;
}
