import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program of a gang. */
export const gangProgram = fileURLToPath(new URL('gang.ts', import.meta.url));

/** The program of its part on a node. */
export const agentProgram = fileURLToPath(new URL('agent.ts', import.meta.url));

/** File of an attempt's folder with the name of the node that failed first. */
export const failedNode = 'failed-node';

/** File of a job's folder that names the attempt which its nodes may run. */
export const leaseFile = 'lease';

/** File of an attempt's folder that says what its gang waits for before it starts. */
export const waitFile = 'waits-for';

/** File of an attempt's folder that is written when its nodes start the program. */
export const startFile = 'started';

/** The nodes on which attempts of a job have failed; `folder` is that of one of them. */
export async function failedNodes(folder: string): Promise<string[]> {
  const attempts = await readdir(dirname(folder));
  const nodes = await Promise.all(attempts.map((name) => readFile(join(dirname(folder), name, failedNode), 'utf8').catch(() => '')));
  return [...new Set(nodes)].filter((node) => node !== '');
}

/** Writes a file that others may read at the same time: they see all of it. `mode` says who may. */
export async function writeWhole(path: string, text: string, { mode = 0o666 }: { mode?: number } = {}): Promise<void> {
  const part = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(part, text, { mode });
  await rename(part, path);
}
