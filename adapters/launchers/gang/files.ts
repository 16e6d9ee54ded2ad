import { rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The program of a gang. */
export const gangProgram = fileURLToPath(new URL('gang.ts', import.meta.url));

/** The program of its part on a node. */
export const agentProgram = fileURLToPath(new URL('agent.ts', import.meta.url));

/** File of an attempt's folder with the name of the node that failed first. */
export const failedNode = 'failed-node';

/** Writes a file that others may read at the same time: they see all of it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const part = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(part, text);
  await rename(part, path);
}
