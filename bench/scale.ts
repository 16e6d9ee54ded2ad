/**
 * `npm run bench -- scale [ITEMS] [IN_FLIGHT]`: pairs of a tenth of ITEMS texts and of ITEMS (20,000), through the real command line,
 * server, worker and store, against an endpoint that answers at once, with 256 requests in flight: what grows with the number of items,
 * and what does not. `docs/scale.md` explains the figures.
 */
import { Client, Connection } from '@temporalio/client';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { countsOf, fastEndpoint, processesOf, project, until } from '../test/e2e/rig.ts';
import type { Project } from '../test/e2e/rig.ts';
import { configOfTexts, pairsOf, textLines } from './scale/pairs-of-texts.ts';
import { usageOf } from './scale/usage.ts';

/**
 * What is aimed at with each size: seconds to the first call, calls a second, memory of all processes, breaks of the worker's loop, and
 * bytes written a pair.
 */
const aims = { cold: 8, warm: 3, calls: 3000, megabytes: 500, break: 200, written: 2 };

/** Parts of the command lines of the processes, and what the parts are called. */
const roles = { 'server start-dev': 'server', 'worker/main': 'worker', 'supervisor/main': 'supervisor', submitted: 'compiler' };

process.env['NODE_OPTIONS'] = `--import ${pathToFileURL(join(import.meta.dirname, 'breaks', 'of-worker.ts')).href}`;

/** Steps of a chunk that have a record of it each: prompts, two answers, pairs. */
const stepsOfChunk = 4;

const pipeline = pairsOf({ texts: '{uses: source/jsonl, with: {source: texts, take: null}}' });
const [items = 20_000, inFlight = 256] = process.argv.slice(3).map(Number);
using endpoint = await fastEndpoint();
for (const count of [items / 10, items]) await measure(count);
console.log('\nWhy an aim is missed is in docs/scale.md.');

/** Runs so many texts and prints what it took. */
async function measure(count: number): Promise<void> {
  const settings = configOfTexts(endpoint.url, inFlight);
  await using user = await project({ 'codepmp.config.yaml': settings, 'scale.yaml': pipeline });
  await writeFile(join(user.folder, 'texts.jsonl'), textLines(count));
  const breaks = join(user.folder, 'breaks');
  process.env['CODEPMP_BENCH_BREAKS'] = breaks;
  const usage = watchProcesses(user.folder);
  const cold = await runOf(user);
  const { seconds, result: { status, run, calls } } = cold;
  const used = usage.end();
  if (status !== 'succeeded') throw new Error((await user.codepmp('status', run)).stdout);
  console.log(`\n${count.toLocaleString('en')} texts, ${calls['fast']?.toLocaleString('en')} calls: ${seconds.toFixed(0)} s, command to result`);
  for (const [role, { cpu, peak }] of used) {
    const share = ((cpu * 1000) / count).toFixed(2);
    console.log(`  ${role.padEnd(12)} ${cpu.toFixed(1).padStart(7)} s of CPU (${share} ms a text), peak ${(peak / 1e6).toFixed(0)} MB`);
  }
  console.log(`  calls a second: ${aimed((calls['fast'] ?? 0) / (seconds - cold.first), aims.calls, 'at least')}`);
  console.log(`  MB of memory, all at once: ${aimed(usage.peak() / 1e6, aims.megabytes, 'at most')}`);
  console.log(`  ms of CPU in the longest break of the worker: ${aimed(Number(await readFile(breaks, 'utf8')), aims.break, 'at most')}`);
  await printHistories(user, { run, count, serverCpu: used.get('server')?.cpu ?? 0 });
  for (const line of storeLines(user.store, count)) console.log(line);
  console.log(`  bytes written a pair, as a multiple of its text: ${aimed(await writtenOf(user, count), aims.written, 'at most')}`);
  await writeFile(join(user.folder, 'texts.jsonl'), textLines(100, count));
  const warm = await runOf(user);
  console.log(`  seconds from the command to the first call: ${aimed(cold.first, aims.cold, 'at most')}`);
  console.log(`  the same where server and worker run already: ${aimed(warm.first, aims.warm, 'at most')}`);
}

/** A figure beside what is aimed at. */
function aimed(value: number, aim: number, bound: 'at least' | 'at most'): string {
  const off = Math.round(100 * Math.abs(value / aim - 1));
  const isMissed = bound === 'at least' ? value < aim : value > aim;
  const figure = value.toFixed(value < 100 ? 1 : 0);
  return `${figure}, ${isMissed ? `MISSES by ${off} % the aim of` : 'as aimed at:'} ${bound} ${aim}`;
}

/** Runs the pipeline to its end: seconds to the first call and to the result. */
async function runOf(user: Project) {
  const before = (await countsOf(endpoint)).requests;
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  const { result } = user.start('scale.yaml');
  const first = until('a call', async () => ((await countsOf(endpoint)).requests > before ? since() : null), 600);
  return { first: await first, result: await result, seconds: since() };
}

interface Usage {
  /** Seconds. */
  cpu: number;
  /** Bytes. */
  peak: number;
}

/** Looks at the processes of a store twice a second. */
function watchProcesses(store: string) {
  const byPid = new Map<number, Usage & { role: string }>();
  let most = 0;
  const look = () => {
    let together = 0;
    for (const { pid, command } of processesOf(store)) {
      const usage = usageOf(pid);
      if (!usage) continue;
      together += usage.memory;
      const before = byPid.get(pid);
      const role = Object.entries(roles).find(([part]) => command.includes(part))?.[1] ?? 'command';
      byPid.set(pid, { role, cpu: usage.cpu, peak: Math.max(before?.peak ?? 0, usage.memory) });
    }
    most = Math.max(most, together);
  };
  const timer = setInterval(look, 500);
  return {
    peak: () => most,
    end(): Map<string, Usage> {
      clearInterval(timer);
      const byRole = new Map<string, Usage>();
      for (const { role, cpu, peak } of byPid.values()) {
        const sum = byRole.get(role) ?? { cpu: 0, peak: 0 };
        byRole.set(role, { cpu: sum.cpu + cpu, peak: Math.max(sum.peak, peak) });
      }
      return byRole;
    },
  };
}

/** Prints what the server has of the run, and what that is for each chunk. */
async function printHistories(user: Project, { run, count, serverCpu }: { run: string; count: number; serverCpu: number }): Promise<void> {
  const { address } = JSON.parse(readFileSync(join(user.store, 'dev', 'dev.json'), 'utf8')) as { address: string };
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const lengths: number[] = [];
  let bytes = 0;
  for await (const { workflowId, runId } of client.workflow.list()) {
    const { historyLength, historySize } = await client.workflow.getHandle(workflowId, runId).describe();
    lengths.push(historyLength);
    bytes += Number(historySize ?? 0);
  }
  await connection.close();
  const all = lengths.reduce((sum, each) => sum + each, 0);
  console.log(`  histories    ${lengths.length} executions, ${all} events, ${(bytes / 1e6).toFixed(2)} MB; the longest ${Math.max(...lengths)} events (${run})`);
  const chunks = filesIn(join(user.store, 'names', 'chunks')).length / stepsOfChunk;
  const each = (amount: number): string => (amount / chunks).toFixed(1);
  console.log(`  ${chunks} chunks   ${each(all)} events and ${each(serverCpu * 1000)} ms of CPU of the server each, for ${each(count)} texts`);
}

/** Bytes of results, ledger and names for each pair, as a multiple of those of its prompt and answers. */
async function writtenOf(user: Project, count: number): Promise<number> {
  const { stdout } = await user.codepmp('show', 'pairs', '-n', '100', '--json');
  const { items } = JSON.parse(stdout) as { items: { prompt: string; chosen: string; rejected: string }[] };
  const texts = items.map(({ prompt, chosen, rejected }) => Buffer.byteLength(`${prompt}${chosen}${rejected}`));
  const written = ['blobs', 'ledger', 'names'].flatMap((name) => filesIn(join(user.store, name)));
  return written.reduce((sum, bytes) => sum + bytes, 0) / count / (texts.reduce((sum, bytes) => sum + bytes, 0) / texts.length);
}

/** Bytes of each file in a folder. */
function filesIn(folder: string): number[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
}

/** Files and bytes by the folders of a store. */
function storeLines(store: string, count: number): string[] {
  const folders = readdirSync(store, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return folders.flatMap((name) => {
    const files = filesIn(join(store, name));
    const bytes = files.reduce((sum, each) => sum + each, 0);
    if (files.length === 0) return [];
    return [`  ${name.padEnd(12)} ${files.length} files, ${(bytes / 1e6).toFixed(2)} MB (${(bytes / count).toFixed(0)} bytes a text)`];
  });
}
