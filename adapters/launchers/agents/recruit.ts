import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { failedNodes } from '../gang/files.ts';
import type { Line } from '../gang/line.ts';
import type { GangRequest } from '../gang/protocol.ts';
import { ask, hold, reach, readOffers } from './offers.ts';

interface Recruitment {
  /** The gang, and the file it was read from. */
  request: GangRequest;
  file: string;
  offers: string;
  /** Called with what the gang waits for, in words. */
  onWait: (reason: string) => void;
  signal: AbortSignal;
}

/**
 * Lines to as many nodes as a gang needs, of those that offer themselves; those on which its job has failed before come last. It gets
 * all of them or holds none, so that no two gangs wait for each other, and tries again until it has them. None when it is aborted.
 */
export async function recruit(recruitment: Recruitment): Promise<Line[]> {
  const { request, file, onWait, signal } = recruitment;
  while (!signal.aborted) {
    const reached = await reachNodes(recruitment);
    const held: { node: string; socket: TLSSocket }[] = [];
    const busy: string[] = [];
    for (const each of reached) {
      const answer = held.length < request.nodes ? await hold(each.socket) : null;
      if (answer?.said === 'held') held.push(each);
      else each.socket.end();
      if (answer?.said === 'busy') busy.push(`${each.node} has ${answer.holder}`);
    }
    if (held.length === request.nodes && !signal.aborted)
      return held.map(({ node, socket }, rank) => {
        ask(socket, { say: 'agent', file, rank });
        return lineTo(socket, node);
      });
    for (const { socket } of held) socket.end();
    const missing = `nodes needed: ${request.nodes}, there: ${reached.map(({ node }) => node).join(', ') || 'none'}`;
    onWait(reached.length < request.nodes ? missing : busy.join(', '));
    await sleep(1000 + Math.random() * 1000, undefined, { signal }).catch(() => undefined);
  }
  return [];
}

async function reachNodes({ request, offers }: Recruitment): Promise<{ node: string; socket: TLSSocket }[]> {
  const [known, failed] = await Promise.all([readOffers(offers), failedNodes(request.folder)]);
  const inOrder = known.toSorted((a, b) => Number(failed.includes(a.node)) - Number(failed.includes(b.node)));
  const reached = await Promise.all(inOrder.map(async (offer) => ({ node: offer.node, socket: await reach(offer) })));
  return reached.flatMap(({ node, socket }) => (socket ? [{ node, socket }] : []));
}

function lineTo(socket: TLSSocket, node: string): Line {
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve('its connection ended'));
  });
  return { node, input: socket, output: socket, closed, cut: () => void socket.destroy() };
}
