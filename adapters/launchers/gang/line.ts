import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { GangLink } from './protocol.ts';

/** What a gang and the agents of one or several nodes talk over. */
export interface Line {
  /** The node it leads to; null for several, whose agents say where they are. */
  node: string | null;
  input: Writable;
  output: Readable;
  /** How it ended, in words, once it has. */
  closed: Promise<string>;
  /** Ends it without a word. */
  cut(): void;
}

/** The line to the agents that a command starts. */
export function lineOf({ node, command: [program, ...args] }: GangLink): Line {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => process.stderr.write(`${error.message}\n`));
  const closed = new Promise<string>((resolve) => {
    child.once('close', (code) => resolve(`${program} ended with ${code ?? 'a signal'}`));
  });
  return { node, input: child.stdin, output: child.stdout, closed, cut: () => void child.kill('SIGKILL') };
}
