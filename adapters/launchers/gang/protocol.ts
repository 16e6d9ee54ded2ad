import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Marker } from '../processes.ts';

/** A command line that starts an agent on a node, or on several, which then have no name yet. */
export interface GangLink {
  node: string | null;
  command: [string, ...string[]];
}

/** What a gang of nodes runs together, as a file that every node can read. */
export interface GangRequest {
  argv: [string, ...string[]];
  env: { [name: string]: string };
  cwd: string;
  /** The attempt's folder, for the logs of each node. */
  folder: string;
  /** How many nodes take part. */
  nodes: number;
  /**
   * What starts agents: one for each node, or one for them all. For one node, there may be one for each that will do, the best first.
   * Empty: nodes are taken from `offers`.
   */
  links: GangLink[];
  /** Folder in which machines offer themselves as nodes. Left out: command lines start the agents. */
  offers?: string;
  /** File that names the attempt which may run. Left out: every one may. */
  lease?: string;
  /** Identifies the processes of the attempt on a node. */
  marker: Marker;
  /** Whether a node runs one gang at a time and agents wait for their turn. A scheduler decides that by itself. */
  takesTurns: boolean;
  /** Milliseconds without a word from the gang after which an agent kills what it runs. */
  fenceMs: number;
}

/** What the gang says to its agents. `beat` only shows that it is still there. */
export type ToAgent = { say: 'claim' | 'term' | 'beat' } | { say: 'start'; address: string; port: number };

/** What an agent says about its node. The first node's address and port are where all meet. `beat` answers that of the gang. */
export type AgentNews =
  | { said: 'waits'; holder: string }
  | { said: 'ready'; address: string; port: number }
  | { said: 'ended'; exit: number }
  | { said: 'beat' };

export type FromAgent = { rank: number; node: string } & AgentNews;

/**
 * Writes one message; a reader that is gone is ignored, since the end of the stream shows that as well. Nothing is written to a stream that
 * was ended: that would destroy a socket, on which the answer is still to come.
 */
export function sayTo(stream: Writable, message: ToAgent | FromAgent): void {
  if (stream.writable) stream.write(`${JSON.stringify(message)}\n`, () => undefined);
}

/** Calls `take` for each message, then `end`. Other lines, such as a greeting of a login shell, are passed over. */
export function hear<M>(stream: Readable, { take, end }: { take: (message: M) => void; end: () => void }): void {
  const lines = createInterface({ input: stream });
  lines.on('line', (line) => {
    if (line.startsWith('{')) take(JSON.parse(line) as M);
  });
  lines.on('error', () => undefined);
  lines.on('close', end);
}
