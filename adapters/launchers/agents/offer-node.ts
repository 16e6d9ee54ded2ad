import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from '../environment.ts';

const listenerProgram = fileURLToPath(new URL('listener.ts', import.meta.url));

/** Milliseconds before a listener that has ended is started again. */
const again = 10_000;

/**
 * Offers this machine as a node to the gangs of a store, whose folder is `root`, until this process ends; a program that runs here then
 * goes on. The variable CODEPMP_NODE_ADDRESS says at which address other nodes reach it. Default: the one that packets to other
 * networks leave by.
 */
export function offerNode(root: string): void {
  const { CODEPMP_NODE_ADDRESS: address } = process.env;
  const env = cleanEnvironment(address === undefined ? {} : { CODEPMP_NODE_ADDRESS: address });
  const child = spawn(process.execPath, [listenerProgram, root], { env, stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  child.once('exit', () => setTimeout(() => offerNode(root), again).unref());
  child.unref();
}
