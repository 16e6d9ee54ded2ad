import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../../../adapters/launchers/agents/listener.ts');

/** Offers two nodes of this machine to a store, each on a loopback address of its own, as workers on two machines would. */
export function startListeners(root: string): { [node: string]: ChildProcess } {
  const start = (node: string, address: string): ChildProcess =>
    spawn(process.execPath, [program, root, node, address], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  return { n1: start('n1', '127.0.0.2'), n2: start('n2', '127.0.0.3') };
}

/** Withdraws an offer as the end of a worker does; resolves when the last program of the node has ended. */
export async function withdraw(listener: ChildProcess): Promise<void> {
  if (listener.exitCode !== null || listener.signalCode !== null) return;
  const ended = once(listener, 'exit');
  listener.stdin?.end();
  await ended;
}
