import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';

/** How a machine is reached that offers itself as a node, as a file that only its user can read. */
export interface Offer {
  node: string;
  address: string;
  port: number;
  /** 64 digits of hex. Who knows it may start programs on the node, and hears nobody else there. */
  secret: string;
}

/** What is asked of a node that nothing has been asked of yet, and then of one that is held. */
export type ToNode = { say: 'hold' } | { say: 'agent'; file: string; rank: number };

/** What a node says to `hold`. It is held until the connection ends. */
export type FromNode = { said: 'held' } | { said: 'busy'; holder: string };

/** Both sides show by their cipher that they know the secret; certificates have no part in it. */
export const bySecret = { ciphers: 'ECDHE-PSK-CHACHA20-POLY1305', maxVersion: 'TLSv1.2' } as const;

/** Milliseconds that a node has to answer. */
const answerWithin = 5000;

/** The folder of a store in which machines offer themselves. */
export function offersFolder(root: string): string {
  return join(root, 'dev', 'nodes');
}

/** The offers of a store by the names of their nodes. Those of machines that are gone stay: only one that answers is a node. */
export async function readOffers(folder: string): Promise<Offer[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(names.toSorted().map((name) => readFile(join(folder, name), 'utf8').catch(() => null)));
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Offer]));
}

/** A connection to a node; null where it does not answer. */
export async function reach({ node, address, port, secret }: Offer): Promise<TLSSocket | null> {
  const pskCallback = () => ({ psk: Buffer.from(secret, 'hex'), identity: node });
  const socket = connect({ ...bySecret, host: address, port, pskCallback, checkServerIdentity: () => undefined });
  socket.on('error', () => undefined);
  const isReached = await once(socket, 'secureConnect', { signal: AbortSignal.timeout(answerWithin) }).then(() => true, () => false);
  if (isReached) return socket;
  socket.destroy();
  return null;
}

/** Holds a node for a gang; else says what has it. */
export async function hold(socket: TLSSocket): Promise<FromNode> {
  const answer = once(socket, 'data', { signal: AbortSignal.timeout(answerWithin) });
  ask(socket, { say: 'hold' });
  return answer.then(
    ([line]: unknown[]) => JSON.parse(String(line)) as FromNode,
    () => ({ said: 'busy', holder: 'nobody, but does not answer' }),
  );
}

export function ask(socket: TLSSocket, message: ToNode): void {
  socket.write(`${JSON.stringify(message)}\n`);
}
