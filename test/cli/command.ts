import { execa } from 'execa';
import { join } from 'node:path';
import { checkout } from './supervisor/services-rig.ts';

interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

interface CommandOptions {
  env?: { [name: string]: string };
  /** Standard input. Default: empty. */
  input?: string;
}

/** Runs a command of this checkout in a folder until it ends. */
export async function runCommand(cwd: string, args: string[], { env = {}, input = '' }: CommandOptions = {}): Promise<Ended> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(checkout, 'cli', 'main.ts'), ...args], {
    cwd,
    reject: false,
    env: { NODE_COMPILE_CACHE: join(checkout, '.setup', 'cache'), ...env },
    input,
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}
