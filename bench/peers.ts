/**
 * `npm run bench -- peers [TEXTS] [PEER…]`: codepmp beside other tools that ask models at scale: a description of each of TEXTS texts
 * (1,000), then a strong and a weak answer to it, with 64 requests in flight at an endpoint that takes 50 ms. Each tool makes all pairs
 * once, and three times more, each in another folder, where it and all its processes are killed when 10 %, 50 % and 90 % of the answers
 * are there; then the same command is given again. Every answer of the endpoint names what it answers, so a pair of answers to different
 * texts shows.
 *
 * Each peer resumes as its documentation says, by a script in `bench/peers/`, in a Python environment of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EndpointCounts } from '../test/e2e/fixtures/faults.ts';
import { countsOf, serve } from '../test/e2e/rig.ts';
import { codepmp, peer, peers, type Pair, type Tool } from './peers/tools.ts';
import { bytesIn, killAll, watched, type Cost, type Ended } from './peers/watched.ts';
import { textLines } from './scale/pairs-of-texts.ts';

const inFlight = 64;
const delay = 50;

const [count = '1000', ...named] = process.argv.slice(3);
const texts = [...textLines(Number(count))].map((line) => (JSON.parse(line) as { content: string }).content);
const calls = 3 * texts.length;

/** Seconds after which a command counts as one that does not come back. */
const patience = 300 + texts.length / 4;

const chosen = named.length > 0 ? named : peers;
const unknown = chosen.filter((name) => !peers.includes(name));
if (unknown.length > 0) throw new Error(`no peer is called ${unknown.join(' or ')}: expected ${peers.join(', ')}`);

const best = ((calls * delay) / inFlight / 1000).toFixed(1);
console.log(`${texts.length} texts, ${calls} calls, ${inFlight} at once, ${delay} ms each: ${best} s at best\n`);
const whole = ['s', 'pairs/s', 'CPU ms a call', 'MB of memory', 'MB on disk', 'pairs'];
const kills = [0.1, 0.5, 0.9];
const columns = ['tool', ...whole, ...kills.map((share) => `asked again after a kill at ${100 * share} %`), 'pairs'];
console.log(`| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}`);
const reference = new Set<string>();
const own = await rowOf(codepmp());
const others = new Map<string, Cost>();
for (const name of chosen) others.set(name, await rowOf(peer(name)));
const script = others.get('script');
if (script) {
  console.log(`\nCPU of the worker of codepmp after its start: ${ratio(own.workerCpu, script.cpu)} that of the script (at most 1.5 is the aim)`);
  console.log(`CPU of all processes of codepmp: ${ratio(own.cpu, script.cpu)} that of the script (at most 2 is the aim, with 20,000 texts)`);
}

/** Has a tool make all pairs, undisturbed and killed, and prints what came of it. Returns what it took undisturbed. */
async function rowOf(tool: Tool): Promise<Cost> {
  const { cells, cost } = await undisturbed(tool);
  const verdicts = new Set<string>();
  for (const share of kills) {
    const { again, pairs } = await killedAt(tool, share);
    cells.push(again);
    verdicts.add(pairs);
  }
  console.log(`| ${[tool.name, ...cells, [...verdicts].join('; ')].join(' | ')} |`);
  return cost;
}

function ratio(part: number, whole: number): string {
  return `${(part / whole).toFixed(2)} times`;
}

/** Makes all pairs: what that took, in the order of the columns. */
async function undisturbed(tool: Tool): Promise<{ cells: string[]; cost: Cost }> {
  await using work = await workOf(tool);
  const { how, ...cost } = await work.run();
  if (how !== 'finished') return { cells: [work.broken(how), '', '', '', '', ''], cost };
  const { seconds, cpu, peak } = cost;
  const { requests, most } = await work.counts();
  if (requests !== calls || most > inFlight) console.error(`${tool.name}: ${requests} different requests, at most ${most} at once`);
  const megabytes = [peak, work.bytes()].map((bytes) => (bytes / 1e6).toFixed(0));
  const speed = [seconds.toFixed(1), (texts.length / seconds).toFixed(0), ((cpu * 1000) / calls).toFixed(2)];
  return { cells: [...speed, ...megabytes, verdictOf(work.pairs())], cost };
}

/** Kills the tool when this share of the answers is there and starts it again: what was asked again, and what is wrong with its pairs. */
async function killedAt(tool: Tool, share: number): Promise<{ again: string; pairs: string }> {
  await using work = await workOf(tool);
  const { how: first } = await work.run(async () => (await work.counts()).answered >= calls * share);
  if (first === 'finished') return { again: 'finished before', pairs: verdictOf(work.pairs()) };
  const { how, seconds } = first === 'killed' ? await work.run() : { how: first, seconds: 0 };
  const { again } = await work.counts();
  if (how !== 'finished') return { again: `${again}: ${work.broken(how)}`, pairs: 'none' };
  return { again: `${again}, ${seconds.toFixed(1)} s more`, pairs: verdictOf(work.pairs()) };
}

/** What is wrong with pairs. The first pairs, which are those of codepmp, are what others are compared with. */
function verdictOf(pairs: Pair[]): string {
  const names = pairs.map(({ description }) => /total_\d+/.exec(description)?.[0] ?? '');
  const different = new Set(names).size;
  const made = new Set(pairs.map((pair) => JSON.stringify(pair)));
  if (reference.size === 0) for (const pair of made) reference.add(pair);
  const faults = {
    lost: texts.length - different,
    doubled: names.length - different,
    mispaired: pairs.filter((pair, index) => !isOf(pair, names[index] ?? '')).length,
    'not as those of codepmp': [...made].filter((pair) => !reference.has(pair)).length,
  };
  const found = Object.entries(faults).filter(([, pairsOfFault]) => pairsOfFault > 0);
  return found.length === 0 ? `all ${pairs.length}` : found.map(([fault, pairsOfFault]) => `${pairsOfFault} ${fault}`).join(', ');
}

/** Whether both sides of a pair answer this description, each at its own temperature. */
function isOf({ chosen: strong, rejected: weak }: Pair, name: string): boolean {
  const sides = [{ text: strong, temperature: '0.3' }, { text: weak, temperature: '1' }];
  return sides.every(({ text, temperature }) => text.startsWith(`def ${name}(`) && text.includes(`at temperature ${temperature}\n`));
}

/** A folder where a tool works at an endpoint of its own; both go at the end, but for the folder of a tool that did not finish. */
async function workOf(tool: Tool) {
  const endpoint = await serve(join(import.meta.dirname, 'peers', 'endpoint.ts'), `${delay}`);
  const folder = mkdtempSync(join(tmpdir(), 'codepmp-peers-'));
  tool.prepare(folder, { url: endpoint.url, texts, in_flight: inFlight });
  const given = bytesIn(folder);
  let isKept = false;
  return {
    counts: () => countsOf(endpoint) as Promise<EndpointCounts & { most: number }>,
    pairs: () => tool.pairs(folder),
    bytes: () => bytesIn(folder) - given,
    /** Says that a command did not finish, and keeps its folder. */
    broken(how: Ended['how']): string {
      isKept = true;
      console.error(`${tool.name}: its output is in ${join(folder, 'output.txt')}`);
      return how === 'killed' ? `not done after ${patience} s` : how;
    },
    /** Runs its command until it ends, or something is due, or it has not come back in time. */
    run(isDue: () => Promise<boolean> = async () => false): Promise<Ended> {
      const end = Date.now() + patience * 1000;
      const hasBegun = async () => (await countsOf(endpoint)).answered > 0;
      return watched({ command: tool.command, folder, isDue: async () => Date.now() > end || isDue(), hasBegun });
    },
    async [Symbol.asyncDispose]() {
      await killAll(folder);
      endpoint[Symbol.dispose]();
      if (!isKept) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
