import { readFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deviceTowards } from '../devices.ts';
import { freePort } from '../free-port.ts';
import { takeLock } from '../lock.ts';
import { hear, sayTo, type AgentNews, type GangRequest, type ToAgent } from './protocol.ts';
import { startRank, type NodeProgram } from './rank.ts';

/**
 * The part of a gang on one node: waits for its turn, starts the program when all nodes are ready, and kills it when the gang falls
 * silent. Arguments: the file of the request, and unless a scheduler sets them, the node's place among the nodes and its name.
 */
const [file = '', place = process.env['SLURM_NODEID'] ?? '0', node = process.env['SLURMD_NODENAME'] ?? hostname()] = process.argv.slice(2);
const request = readRequest(file);
const rank = Number(place);
let program: NodeProgram | null = null;

const say = (message: AgentNews) => sayTo(process.stdout, { rank, node, ...message });

let fence = setTimeout(cutOff, request.fenceMs);
process.on('SIGTERM', () => program?.term());
process.stdout.on('error', () => undefined);
hear<ToAgent>(process.stdin, {
  take(message) {
    if (isOld()) return cutOff();
    clearTimeout(fence);
    fence = setTimeout(cutOff, request.fenceMs);
    if (message.say === 'beat') say({ said: 'beat' });
    if (message.say === 'claim') void claim();
    if (message.say === 'start' && !program) void start(message);
    if (message.say === 'term') program?.term();
  },
  end: cutOff,
});

/** Whether another attempt may run in place of this one. */
function isOld(): boolean {
  const holder = request.lease === undefined ? null : readText(request.lease);
  if (holder === null || holder === basename(request.folder)) return false;
  process.stderr.write(`${node} ends ${request.folder}: another attempt of the job has its place\n`);
  return true;
}

/** Nobody can tell us to end any more, or nobody should, so it is done now; once the program has ended, so do we. */
function cutOff(): void {
  if (!program) process.exit(1);
  void program.kill();
}

async function claim(): Promise<void> {
  if (request.takesTurns) await takeNode();
  say({ said: 'ready', address: ownAddress(), port: await freePort() });
}

/** Waits until no other gang runs on this node. What is taken ends with this process. */
async function takeNode(): Promise<void> {
  const folder = join(tmpdir(), `codepmp-${userInfo().uid}`, `${hostname()}-${node}`);
  for (let told = false; ; told = true) {
    const lock = takeLock(folder);
    if ('release' in lock) return;
    if (!told) say({ said: 'waits', holder: `process ${lock.holder.pid} of another job` });
    await sleep(500 + Math.random() * 500);
  }
}

async function start(meeting: { address: string; port: number }): Promise<void> {
  const meet = request.nodes > 1 && (await rendezvous(meeting));
  program = startRank(request, { node, env: { CODEPMP_NODE_ADDRESS: ownAddress(), ...meet } });
  const exit = await program.ended;
  say({ said: 'ended', exit });
  process.stdout.write('', () => process.exit(0));
}

/** What torchrun and its ranks need to find each other; its own flags come from `PET_` variables. */
async function rendezvous({ address, port }: { address: string; port: number }): Promise<{ [name: string]: string }> {
  const device = await deviceTowards(address);
  const devices = device === null ? {} : { GLOO_SOCKET_IFNAME: device, NCCL_SOCKET_IFNAME: device };
  return { PET_NODE_RANK: `${rank}`, PET_MASTER_ADDR: address, PET_MASTER_PORT: `${port}`, ...devices };
}

/** The address that other nodes reach this one by: the scheduler's, or the one that our connection came to. */
function ownAddress(): string {
  return process.env['CODEPMP_NODE_ADDRESS'] ?? process.env['SSH_CONNECTION']?.split(' ')[2] ?? hostname();
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function readRequest(path: string): GangRequest {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as GangRequest;
  } catch (error) {
    process.stderr.write(`${hostname()} cannot read ${path} (${String(error)}). The store must be in a folder that all nodes share\n`);
    process.exit(1);
  }
}
