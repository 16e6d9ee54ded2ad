import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program that runs a model server on a node. */
export const replicaProgram = fileURLToPath(new URL('replica.ts', import.meta.url));

/** How the names of jobs begin that are model servers. */
export const serversPrefix = 'servers-';

/** What a replica reads, as a file in its folder, which its node shares with the workers. */
export interface ReplicaRequest {
  /** Command line of the server, with `{host}` and `{port}` where the node fills them in. */
  argv: string[];
  /** Milliseconds without a word from any worker after which it ends. */
  leaseMs: number;
  /** Milliseconds that a server has from its start to its first reply. */
  startWithinMs: number;
  /** Milliseconds without a reply after which a server that answered before counts as hung. */
  hungAfterMs: number;
}

/**
 * What a replica says about its server, in `server.json`: it can be asked, is not there yet, or will end soon. `seen`: what was last seen
 * of one that starts, in words.
 */
export type ReplicaNews = { state: 'ready'; url: string } | { state: 'starting'; seen?: string } | { state: 'draining' };

/** The last news of the replica in a folder. */
export async function readNews(folder: string): Promise<ReplicaNews> {
  const text = await readFile(join(folder, 'server.json'), 'utf8').catch(() => null);
  return text === null ? { state: 'starting' } : (JSON.parse(text) as ReplicaNews);
}

/** The workers that hold a replica: the name of each, and a text that changes as long as it lives. */
export async function readHolders(folder: string): Promise<Map<string, string>> {
  const names = await readdir(join(folder, 'holders')).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, 'holders', name), 'utf8').catch(() => '')));
  return new Map(names.map((name, index) => [name, texts[index] ?? '']));
}
