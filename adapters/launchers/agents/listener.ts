import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type TLSSocket } from 'node:tls';
import { sourceAddress } from '../devices.ts';
import { agentProgram, writeWhole } from '../gang/files.ts';
import { takeLock } from '../lock.ts';
import { createMachineLock } from '../machine-lock.ts';
import { bySecret, offersFolder, type FromNode, type Offer, type ToNode } from './offers.ts';

/**
 * Offers this machine to the gangs of a store until standard input ends, and then ends with the last agent that it has started.
 * Arguments: the store's folder, and for a node that is not the whole machine, its name and its address.
 */
const [root = '', node = hostname(), given = process.env['CODEPMP_NODE_ADDRESS']] = process.argv.slice(2);

/** Any address of another network shows by which of ours packets leave; nothing is sent there. */
const elsewhere = '192.0.2.1';

/** Milliseconds in which an agent has killed what it runs. */
const endWithin = 15_000;

const folder = offersFolder(root);
const file = join(folder, `${node}.json`);
const lock = createMachineLock({ root, machine: node });
const secret = randomBytes(32);
const agents = new Set<ChildProcess>();
let isHeld = false;

const address = given ?? (await sourceAddress(elsewhere)) ?? refuse();
mkdirSync(folder, { recursive: true });
const turn = await takeTurn();
const server = createServer({ ...bySecret, pskCallback: () => secret, allowHalfOpen: true }, serve);
server.listen(0, address);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
await writeWhole(file, JSON.stringify({ node, address, port, secret: secret.toString('hex') } satisfies Offer), { mode: 0o600 });
process.stdin.resume().once('end', leave);

function refuse(): never {
  process.stderr.write(`${node} has no network. Set CODEPMP_NODE_ADDRESS to the address at which other nodes reach this machine\n`);
  process.exit(1);
}

/** Waits until no other process offers this node, such as the one of a worker that has just ended. */
async function takeTurn(): Promise<{ release: () => void }> {
  for (;;) {
    const taken = takeLock(join(folder, `${node}.lock`));
    if ('release' in taken) return taken;
    await sleep(500);
  }
}

function leave(): void {
  rmSync(file, { force: true });
  turn.release();
  server.close();
  if (agents.size === 0) process.exit(0);
}

/** What a gang asks: to hold the node, and then to start an agent, with which it talks from then on. */
function serve(socket: TLSSocket): void {
  let release = (): void => undefined;
  let agent: ChildProcess | null = null;
  let isOver = false;
  const take = async (message: ToNode): Promise<void> => {
    if (message.say === 'agent') {
      agent = startAgent(message, socket);
      agent.once('close', () => release());
      return;
    }
    const taken = await holdNode();
    if ('release' in taken) ({ release } = taken);
    if (isOver) return release();
    const answer: FromNode = 'release' in taken ? { said: 'held' } : { said: 'busy', holder: taken.holder };
    socket.write(`${JSON.stringify(answer)}\n`);
  };
  const lines = createInterface({ input: socket }).on('line', (line) => {
    if (agent) agent.stdin?.write(`${line}\n`);
    else void take(JSON.parse(line) as ToNode);
  });
  lines.on('error', () => undefined);
  const end = (): void => {
    isOver = true;
    if (agent) return endAgent(agent);
    release();
    socket.end();
  };
  socket.on('error', () => undefined).once('end', end).once('close', end);
}

/** The machine runs one thing at a time: what a gang starts here, or what a worker starts by itself. */
async function holdNode(): Promise<{ release: () => void } | { holder: string }> {
  if (isHeld) return { holder: 'another training' };
  isHeld = true;
  const taken = await lock.take(null);
  isHeld = 'release' in taken;
  if ('holder' in taken) return taken;
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    isHeld = false;
    taken.release();
  };
  return { release };
}

/** An agent ends by itself when its input does. One that stands still is killed, and what it runs with it. */
function endAgent(agent: ChildProcess): void {
  agent.stdin?.end();
  setTimeout(() => agent.kill('SIGKILL'), endWithin).unref();
}

function startAgent({ file: request, rank }: { file: string; rank: number }, socket: TLSSocket): ChildProcess {
  const env = { ...process.env, CODEPMP_NODE_ADDRESS: address };
  const agent = spawn(process.execPath, [agentProgram, request, `${rank}`, node], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  agents.add(agent);
  agent.stdin.on('error', () => undefined);
  agent.stdout.pipe(socket);
  agent.once('close', () => {
    agents.delete(agent);
    if (agents.size === 0 && !server.listening) process.exit(0);
  });
  return agent;
}
