import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeWhole } from '../../launchers/gang/files.ts';
import { freePort } from '../../launchers/free-port.ts';
import { sendSignal } from '../../launchers/processes.ts';
import { readHolders, type ReplicaNews, type ReplicaRequest } from './files.ts';

/**
 * Runs a model server on this node for as long as a worker holds it: starts it, says where it answers, and starts it again when it ends,
 * stops answering or never does. After SIGTERM the workers send it no more requests, and it has a while to finish those that it has.
 * Argument: the file of the request.
 */
const file = process.argv[2] ?? '';
const folder = dirname(file);
const request = JSON.parse(readFileSync(file, 'utf8')) as ReplicaRequest;

/** Milliseconds between two looks at the server and at its holders. */
const lookEvery = 500;

/** Starts in a row that may come to nothing. */
const mostStarts = 2;

/** Milliseconds that a server has for its last requests, and then to end by itself. */
const drainWithin = 30_000;
const endWithin = 5000;

const host = process.env['CODEPMP_NODE_ADDRESS'] ?? '127.0.0.1';
let server: ChildProcess | null = null;
let drainsUntil = Infinity;
let isEnding = false;

process.on('SIGTERM', () => {
  if (drainsUntil === Infinity) void drain();
});
void watchHolders();
for (let failed = 0; failed < mostStarts && drainsUntil === Infinity && !isEnding; ) {
  const wasReady = await serve();
  failed = wasReady ? 0 : failed + 1;
  await say({ state: 'starting' });
  await sleep(lookEvery);
}
if (!isEnding) process.exit(1);

/** Runs the server until it has ended. Whether it ever answered. */
async function serve(): Promise<boolean> {
  const port = await freePort();
  const [program = '', ...args] = request.argv.map((word) => word.replaceAll('{host}', host).replaceAll('{port}', `${port}`));
  const child = spawn(program, args, { stdio: ['pipe', 'inherit', 'inherit'], detached: true });
  child.stdin?.on('error', () => undefined);
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    ended.abort();
  });
  server = child;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const began = performance.now();
  let answered: number | null = null;
  let told = '';
  for (; !ended.signal.aborted; await sleep(lookEvery, undefined, { signal: ended.signal }).catch(() => undefined)) {
    const { isWell, seen } = await look(`${url}/health`);
    const isNews = answered === null && seen !== told && drainsUntil === Infinity;
    if (isNews) await say(isWell ? { state: 'ready', url: `${url}/v1` } : { state: 'starting', seen });
    told = seen;
    if (isWell) answered = performance.now();
    const most = answered === null ? request.startWithinMs : request.hungAfterMs;
    if (performance.now() - (answered ?? began) < most) continue;
    process.stderr.write(`${seen}, for ${most / 1000} s now, so the server is killed\n`);
    break;
  }
  signalServer('SIGKILL');
  return answered !== null;
}

/** Sends a signal to the server and to what it has started. */
function signalServer(signal: NodeJS.Signals): void {
  if (server?.pid !== undefined) sendSignal(-server.pid, signal);
}

/** Whether the server is well, and what was seen of it, in words. */
async function look(url: string): Promise<{ isWell: boolean; seen: string }> {
  return fetch(url, { signal: AbortSignal.timeout(Math.min(5000, request.hungAfterMs)) }).then(
    ({ ok, status }) => ({ isWell: ok, seen: `${url} answers with ${status}` }),
    () => ({ isWell: false, seen: `${url} does not answer` }),
  );
}

async function drain(): Promise<void> {
  drainsUntil = performance.now() + drainWithin;
  await say({ state: 'draining' });
}

/** Ends the server when nobody holds it: all have let go of it, or have been silent for the time of a lease. */
async function watchHolders(): Promise<void> {
  let last = '';
  let heard = performance.now();
  for (let isHeld = false; ; await sleep(lookEvery)) {
    const holders = await readHolders(folder);
    const now = JSON.stringify([...holders]);
    if (now !== last) heard = performance.now();
    last = now;
    const isLetGo = isHeld && holders.size === 0;
    isHeld ||= holders.size > 0;
    if (isLetGo || performance.now() - heard > request.leaseMs || performance.now() > drainsUntil) return end();
  }
}

async function end(): Promise<void> {
  isEnding = true;
  if (server?.exitCode === null && server.signalCode === null) {
    signalServer('SIGTERM');
    await Promise.race([once(server, 'exit'), sleep(endWithin)]);
  }
  signalServer('SIGKILL');
  process.exit(0);
}

async function say(news: ReplicaNews): Promise<void> {
  await writeWhole(join(folder, 'server.json'), JSON.stringify(news));
}
