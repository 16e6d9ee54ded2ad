/**
 * `npm run bench -- groups [ITEMS]`: what opening and closing a group take as items grow tenfold, to ITEMS (200,000): CPU time an
 * item, memory and the longest time of the processor that nothing else had a turn. Opened are questions that are not sorted, which is
 * the most work; closed is a step of pairs, by reading the same chunk again and again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { openGroup } from '../activities/group/open.ts';
import { createMeters, type Dependencies } from '../activities/index.ts';
import { pair } from '../activities/kinds/pair.ts';
import type { MemberOf } from '../activities/kinds/kind.ts';
import { createArtifacts, openFileStore } from '../adapters/index.ts';
import { watchBreaks } from './breaks/longest.ts';

/** The most that the peak may grow, the longest break, milliseconds, and the most memory, bytes. */
const most = { growth: 1.5, block: 200, memory: 1e9 };

/** Pairs in the chunk, and questions in a shard. */
const rowsOf = { chunk: 1000, shard: 20_000 };

const items = Number(process.argv[3] ?? 200_000);
const root = await mkdtemp(join(tmpdir(), 'codepmp-bench-groups-'));
const store = await openFileStore({ root });
const artifacts = createArtifacts(store);
const dependencies = { store, artifacts, meters: createMeters(store) } as Partial<Dependencies> as Dependencies;
const chunk = { ...(await artifacts.writeJsonl(pairs())), statuses: { ok: rowsOf.chunk } };
const source = await artifacts.writeManifest({ type: 'corpus', rows: 0, shards: [], meta: {} });

await close(5000);
const grown = [];
for (const work of [close, open]) grown.push({ few: await work(items / 10), many: await work(items) });
const isWithin = grown.every(
  ({ few, many }) => many.peak <= Math.min(most.growth * few.peak, most.memory) && Math.max(few.block, many.block) <= most.block,
);
const missed = `MEMORY GREW BY MORE THAN ${most.growth} OR TO MORE THAN ${most.memory / 1e6} MB, OR A BREAK TOOK MORE THAN ${most.block} ms`;
console.log(isWithin ? 'memory does not grow, and no break is long' : missed);
process.exitCode = isWithin ? 0 : 1;
await rm(root, { recursive: true });

/** Closes a step of so many pairs. */
function close(count: number): Promise<Measured> {
  const node = { id: 'pairs', kind: 'pair', inputs: {}, settings: { min_keep_rate: 0 } };
  const shards = new Map([['pairs', Array.from({ length: count / rowsOf.chunk }, () => chunk)]]);
  const member = { node, nodes: [node], source, ranges: [], shards, inputs: {} } as unknown as MemberOf<'pair'>;
  return measured(`closing ${count.toLocaleString('en')} pairs`, count, () => pair.close?.(dependencies, member) ?? Promise.reject());
}

/** Opens a group over so many questions, which are written before. */
async function open(count: number): Promise<Measured> {
  const shards = [];
  for (let from = 0; from < count; from += rowsOf.shard) shards.push(await artifacts.writeJsonl(questions(from, rowsOf.shard)));
  const asked = await artifacts.writeManifest({ type: 'questions', rows: count, shards, meta: {} });
  const node = { id: 'answers', kind: 'candidates', settings: { n: 1 }, models: {}, run: { chunk: null } };
  const work = { unit: { id: 'answers', nodes: [node], inputs: { answers: { questions: [asked] } } }, parts: {}, key: 'key' };
  const opening = () => openGroup(dependencies)(work as never);
  return measured(`opening ${count.toLocaleString('en')} questions`, count, () =>
    asyncLocalStorage.run({ info: {} } as Context, opening),
  );
}

interface Measured {
  /** Bytes. */
  peak: number;
  /** Milliseconds. */
  block: number;
}

/** Does the work, and prints what it takes. */
async function measured(what: string, count: number, work: () => Promise<unknown>): Promise<Measured> {
  const memory: number[] = [];
  const sampling = setInterval(() => memory.push(process.memoryUsage.rss()), 50);
  const breaks = watchBreaks();
  const [before, began] = [process.cpuUsage(), performance.now()];
  await work();
  const block = breaks.end();
  clearInterval(sampling);
  const { user, system } = process.cpuUsage(before);
  const took = `${((performance.now() - began) / 1000).toFixed(0)} s, ${((user + system) / 1000 / count).toFixed(3)} ms of CPU each`;
  const peak = Math.max(...tenths(memory));
  console.log(`${what}: ${took}, longest break ${block.toFixed(0)} ms`);
  console.log(`  memory at most in each tenth of the time, MB: ${tenths(memory).map((bytes) => (bytes / 1e6).toFixed(0)).join(' ')}`);
  return { peak, block };
}

/** The highest value of each tenth. */
function tenths(values: readonly number[]): number[] {
  const each = Math.ceil(values.length / 10);
  return Array.from({ length: 10 }, (_, tenth) => Math.max(0, ...values.slice(tenth * each, (tenth + 1) * each)));
}

/** The pairs of the chunk. */
function* pairs() {
  const text = Array.from({ length: 100 }, (_, line) => `x_${line} = ${line ** 3}\n`).join('');
  const about = { status: 'ok', language: 'Python', chosen_tokens: 9, rejected_tokens: 8, ordinal: 0, generation_keys: '[]' };
  const provenance = { repository: 'r', commit: '', licence: '', kind: '', level: '' };
  for (let number = 0; number < rowsOf.chunk; number++) {
    const sides = { prompt: `Number ${number}.`, chosen: `${text}y = ${number}\n`, rejected: `${text}z = ${number}\n` };
    yield { ...about, ...provenance, ...sides, origin: `${number}`, path: `${number}.py` };
  }
}

function* questions(from: number, count: number) {
  for (let question = from; question < from + count; question++)
    yield { question, prompt: `What is ${question} and ${question}?`, gold: `${2 * question}`, gold_answer: '' };
}
