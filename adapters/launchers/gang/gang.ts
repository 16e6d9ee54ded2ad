import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { recruit } from '../agents/recruit.ts';
import { lastLines, readTail } from '../job-folder.ts';
import { failedNode, startFile, waitFile } from './files.ts';
import { lineOf, type Line } from './line.ts';
import { hear, sayTo, type FromAgent, type GangRequest, type ToAgent } from './protocol.ts';

/**
 * Runs a program on several nodes at once: all or none start, and all end when one fails. Argument: the file of the request. Its exit
 * status is that of the first node that failed; a lost node counts as one that was killed. SIGTERM goes on to every node; those that
 * do not end within the grace period (`grace` beside the request, milliseconds) are killed.
 */
const file = process.argv[2] ?? '';
const request = JSON.parse(readFileSync(file, 'utf8')) as GangRequest;

/** Milliseconds that nodes have to end after another one failed. */
const graceAfterFailure = 10_000;

/** Milliseconds that nodes have to end after SIGTERM from somebody who wrote no `grace`: a scheduler that warns a minute ahead. */
const graceAfterWarning = 45_000;

/** Milliseconds beyond the fence in which the agents of a link have said their first word. */
const startWithin = 60_000;

const killed = 128 + constants.signals.SIGKILL;
const terminated = 128 + constants.signals.SIGTERM;

interface AgentLink {
  say(message: ToAgent): void;
  /** Whether another node is to be asked instead, as long as there is one. */
  isPassedOver(): boolean;
  /** Lets its node go, which is not needed. */
  leave(): void;
  /** Ends its agents, which kill what they run. */
  close(): void;
  /** Ends it without them, which kill what they run when they hear nothing. */
  cut(): void;
  /** Finds nodes lost that have said nothing for as long as they would wait for us. */
  listen(): void;
  closed: Promise<void>;
}

const ready = new Map<number, { address: string; port: number }>();
const exits = new Map<number, { node: string; exit: number }>();
let failure: { node: string | null; exit: number } | null = null;
const stopping = new AbortController();
/** Somebody else has asked the gang to end while nothing had failed; how its nodes end is no failure of theirs. */
let isWarned = false;
let changed = Promise.withResolvers<void>();

process.on('SIGTERM', () => {
  const grace = read(join(request.folder, 'grace'));
  isWarned ||= grace === null && !stopping.signal.aborted;
  void stop(Number(grace ?? graceAfterWarning));
});

/** Says what is waited for until all nodes start; which of them have something else, by name. */
const waits = join(request.folder, waitFile);
const busy = new Map<string, string>();

const links: AgentLink[] = [];
const beat = setInterval(keepUp, request.fenceMs / 6);
const lines = await openLines();
/** Nodes behind one link. */
const perLink = Math.max(1, request.nodes / lines.length);
for (const line of lines) links.push(openLink(line));
await meet();
await Promise.all(links.map((link) => link.closed));
clearInterval(beat);
process.exit(await verdict());

/** Says to its nodes that this gang is there. */
function keepUp(): void {
  for (const link of links) {
    link.say({ say: 'beat' });
    link.listen();
  }
}

async function openLines(): Promise<Line[]> {
  const { offers } = request;
  if (offers === undefined) return request.links.map(lineOf);
  return recruit({ request, file, offers, onWait: (reason) => write(waits, reason), signal: stopping.signal });
}

/**
 * Has the nodes take their turn one after the other, always in the same order, so that two gangs never wait for each other; then starts. Of
 * nodes that would all do, the next one is asked when the one before is taken or lost.
 */
async function meet(): Promise<void> {
  for (const [index, link] of [...links].entries()) {
    const enough = Math.min(request.nodes, (index + 1) * perLink);
    if (ready.size < enough) link.say({ say: 'claim' });
    await until(() => ready.size >= enough || link.isPassedOver());
  }
  await until(() => ready.size === request.nodes);
  const first = ready.get(0);
  if (!first || stopping.signal.aborted) return;
  write(join(request.folder, startFile), '');
  rmSync(waits, { force: true });
  links.forEach((link) => link.say({ say: 'start', ...first }));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo() && !stopping.signal.aborted) await changed.promise;
}

/** Whether more nodes are asked than are needed, so that one of them is enough. */
function hasChoice(): boolean {
  return links.length > request.nodes;
}

function openLink({ node: only, input, output, closed, cut }: Line): AgentLink {
  const first = only ?? 'a node';
  const known = (node: string): string | null => (node === first ? only : node);
  const heard = new Map([[first, performance.now() + startWithin]]);
  const running = new Set<string>();
  let ended = 0;
  let isLeft = false;
  const hearAgent = (message: FromAgent): void => {
    if (isLeft) return;
    heard.delete(first);
    heard.set(message.node, performance.now());
    running.add(message.node);
    if (message.said === 'ready' && hasChoice()) links.filter((each) => each !== link).forEach((each) => each.leave());
    if (message.said === 'ended' && heard.delete(message.node) && running.delete(message.node)) ended++;
    take(message);
  };
  hear<FromAgent>(output, { take: hearAgent, end: () => undefined });
  const lose = (node: string | null, said: string): void => {
    if (!hasChoice()) return fail({ node, exit: killed }, said);
    process.stderr.write(`${said}\n`);
    link.leave();
  };
  const over = closed.then((how) => {
    heard.clear();
    if (isLeft || ended === perLink || stopping.signal.aborted) return;
    const [node = first, ...others] = running;
    // Of several that are lost with their link, nobody knows which has failed.
    const isAlone = perLink - ended === 1;
    lose(isAlone ? known(node) : null, `${[node, ...others].join(', ')} was lost: ${how}`);
  });
  const link: AgentLink = {
    say: (message) => sayTo(input, message),
    isPassedOver: () => isLeft || (hasChoice() && [...running].some((node) => busy.has(node))),
    leave() {
      isLeft = true;
      heard.clear();
      links.splice(links.indexOf(link), 1);
      input.end();
      notify();
    },
    close: () => input.end(),
    cut,
    listen() {
      const silent = [...heard.keys()].filter((node) => performance.now() - (heard.get(node) ?? 0) > request.fenceMs);
      for (const node of silent) lose(known(node), `${node} was lost: it said nothing for ${request.fenceMs / 1000} s`);
      for (const node of silent) heard.delete(node);
      if (silent.length === perLink) cut();
    },
    closed: over,
  };
  return link;
}

function take(message: FromAgent): void {
  const { rank, node } = message;
  if (message.said === 'waits') {
    process.stderr.write(`${node} waits for ${message.holder}\n`);
    busy.set(node, message.holder);
    write(waits, [...busy].map(([each, holder]) => `${each} has ${holder}`).join(', '));
  }
  if (message.said === 'ready') {
    ready.set(rank, message);
    busy.delete(node);
  }
  if (message.said === 'ended') {
    exits.set(rank, message);
    if (message.exit !== 0) fail(message);
  }
  notify();
}

/** Ends the others; the first failure is the gang's. A node whose program somebody has asked to end may well take the next one. */
function fail({ node, exit }: { node: string | null; exit: number }, said?: string): void {
  if (said) process.stderr.write(`${said}\n`);
  if (isWarned) return;
  failure ??= { node, exit };
  if (stopping.signal.aborted) return;
  if (exit !== terminated && node !== null) writeFileSync(join(request.folder, failedNode), node);
  void stop(graceAfterFailure);
}

async function stop(graceMs: number): Promise<void> {
  stopping.abort();
  notify();
  links.forEach((link) => link.say({ say: 'term' }));
  await Promise.race([Promise.all(links.map((link) => link.closed)), sleep(ready.size < request.nodes ? 0 : graceMs)]);
  links.forEach((link) => link.close());
  setTimeout(() => links.forEach((link) => link.cut()), request.fenceMs).unref();
}

function notify(): void {
  changed.resolve();
  changed = Promise.withResolvers<void>();
}

/** The gang's exit status; that of a failure comes with the last lines of its node. */
async function verdict(): Promise<number> {
  const isDone = exits.size === request.nodes && [...exits.values()].every(({ exit }) => exit === 0);
  if (!failure) return isDone ? 0 : terminated;
  const { node, exit } = failure;
  if (node === null) return exit;
  const tail = lastLines(await readTail(join(request.folder, `${node}.stderr.log`), 8192));
  process.stderr.write(`${node} ended first, with exit code ${exit}${tail === '' ? '' : `:\n${tail}`}\n`);
  return exit;
}

/** Writes a file that only says how it goes: where it cannot be written now, the gang goes on. */
function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
