import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** What a gang and the agents of one or several nodes talk over. */
export interface Line {
  /** Where it leads. */
  name: string;
  input: Writable;
  output: Readable;
  /** How it ended, in words, once it has. */
  closed: Promise<string>;
  /** Ends it without a word. */
  cut(): void;
}

/** The line to the agents that a command starts. */
export function lineOf([program, ...args]: [string, ...string[]]): Line {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => process.stderr.write(`${error.message}\n`));
  const closed = new Promise<string>((resolve) => {
    child.once('close', (code) => resolve(`${program} ended with ${code ?? 'a signal'}`));
  });
  return { name: args.join(' '), input: child.stdin, output: child.stdout, closed, cut: () => void child.kill('SIGKILL') };
}
