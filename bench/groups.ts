/**
 * `npm run bench -- groups`: what closing a step of pairs takes as items grow tenfold: CPU time a pair, peak memory and the longest
 * time of the processor that nothing else had a turn. The same chunk is read again and again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dependencies } from '../activities/index.ts';
import { pair } from '../activities/kinds/pair.ts';
import type { MemberOf } from '../activities/kinds/kind.ts';
import { createArtifacts, openFileStore } from '../adapters/index.ts';
import { watchBreaks } from './breaks/longest.ts';

/** The most that the peak may grow, and the longest break, milliseconds. */
const most = { growth: 1.5, block: 200 };

const root = await mkdtemp(join(tmpdir(), 'codepmp-bench-groups-'));
const store = await openFileStore({ root });
const artifacts = createArtifacts(store);
const dependencies = { store, artifacts } as Partial<Dependencies> as Dependencies;
const text = Array.from({ length: 100 }, (_, line) => `x_${line} = ${line ** 3}\n`).join('');
const about = { status: 'ok', language: 'Python', chosen_tokens: 9, rejected_tokens: 8, ordinal: 0, generation_keys: '[]' };
const provenance = { repository: 'r', commit: '', licence: '', kind: '', level: '' };
const rows = Array.from({ length: 1000 }, (_, number) => ({
  ...about,
  ...provenance,
  prompt: `Number ${number}.`,
  chosen: `${text}y = ${number}\n`,
  rejected: `${text}z = ${number}\n`,
  origin: `${number}`,
  path: `${number}.py`,
}));
const shard = { ...(await artifacts.writeJsonl(rows)), statuses: { ok: 1000 } };
const source = await artifacts.writeManifest({ type: 'corpus', rows: 0, shards: [], meta: {} });

await close(5);
const [few, many] = [await close(20), await close(200)];
const isWithin = many.peak <= most.growth * few.peak && many.block <= most.block;
const missed = `MEMORY GREW BY MORE THAN ${most.growth}, OR A BREAK TOOK MORE THAN ${most.block} ms`;
console.log(isWithin ? 'memory does not grow, and no break is long' : missed);
process.exitCode = isWithin ? 0 : 1;
await rm(root, { recursive: true });

/** Closes so many chunks. */
async function close(chunks: number): Promise<{ peak: number; block: number }> {
  const node = { id: 'pairs', kind: 'pair', inputs: {}, settings: { min_keep_rate: 0 } };
  const shards = new Map([['pairs', Array.from({ length: chunks }, () => shard)]]);
  const member = { node, nodes: [node], source, ranges: [], shards, inputs: {} } as unknown as MemberOf<'pair'>;
  let peak = 0;
  const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  const breaks = watchBreaks();
  const before = process.cpuUsage();
  await pair.close?.(dependencies, member);
  const block = breaks.end();
  clearInterval(sampling);
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1000 / (chunks * 1000);
  const memory = `peak ${(peak / 1e6).toFixed(0)} MB, longest break ${block.toFixed(0)} ms`;
  console.log(`${chunks * 1000} pairs: ${cpu.toFixed(3)} ms of CPU a pair, ${memory}`);
  return { peak, block };
}
