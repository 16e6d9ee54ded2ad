/** How long the pages of `codepmp inspect` take over a million pairs, which are made first: a minute or two and 1 GB of disk. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArtifacts, openFileStore } from '../../adapters/index.ts';
import { compile, loadConfig } from '../../compile/index.ts';
import { pairColumns } from '../../plan/columns.ts';
import type { Digest, Plan } from '../../plan/index.ts';
import { hashOf, nodeParts } from '../../plan/keys.ts';
import type { Store } from '../../ports/store.ts';
import { keepPlan } from '../../records/plan.ts';
import { publishResult } from '../../records/results.ts';
import { noteRun } from '../../records/run.ts';

const home = join(import.meta.dirname, '..', '..');
const pairs = 1_000_000;
const aim = 300;

const folder = await mkdtemp(join(tmpdir(), 'codepmp-explorer-'));
try {
  const store = await openFileStore({ root: join(folder, '.codepmp') });
  await recordRun(store, planOf(folder), await writePairs(store));
  await measure();
} finally {
  await rm(folder, { recursive: true });
}

function planOf(where: string): Plan {
  const { config } = loadConfig({ folder: where, env: {}, home });
  const text = `codepmp: 1
name: million
models:
  strong: {endpoint: local-strong, temperature: 0.7, top_p: 1, max_tokens: 1024}
  weak:   {endpoint: local-weak, temperature: 1, top_p: 1, max_tokens: 1024}
steps:
  code:     {uses: source/files, with: {source: python-stdlib}}
  prompts:  {uses: summarize, with: {corpus: code, model: strong}}
  chosen:   {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs:    {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
`;
  const { plan, rendered } = compile({ source: text, file: 'million.yaml', config });
  if (!plan) throw new Error(rendered.join('\n\n'));
  return plan;
}

/** Pairs of about the paper's lengths. */
async function writePairs(store: Store): Promise<Digest> {
  const artifacts = createArtifacts(store);
  const shards = await artifacts.writeParquet({ columns: pairColumns, rows: rows() });
  console.log(`${pairs.toLocaleString('en')} pairs, ${Math.round(shards.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6)} MB of parquet`);
  return artifacts.writeManifest({ type: 'pairs', rows: pairs, shards, meta: {} });
}

function* rows(): Generator<object> {
  const random = randomNumbers();
  const words = 'def return value list index for in range if else import self name print result append key item data len str'.split(' ');
  const word = (): string => `${words[Math.floor(random() * words.length)]}${random() < 0.15 ? '\n    ' : ' '}`;
  const pool = Array.from({ length: 1_000_000 }, word).join('');
  const text = (length: number): string => {
    const start = Math.floor(random() * (pool.length - length));
    return pool.slice(start, start + length);
  };
  const empty = Object.fromEntries(Object.entries(pairColumns).map(([column, type]) => [column, type.endsWith('?') ? null : '']));
  for (let n = 0; n < pairs; n++)
    yield {
      ...empty,
      prompt: text(240),
      chosen: text(300 + 1_200 * random()),
      rejected: text(300 + 1_200 * random()),
      language: ['Python', 'Go', 'Jupyter Notebook', 'Rust'][Math.floor(random() * 3.2)],
      chosen_tokens: Math.floor(100 + 300 * random()),
      rejected_tokens: Math.floor(100 + 300 * random()),
      origin: hashOf(n),
      ordinal: 0,
      path: `src/file-${n}.py`,
    };
}

/** Mulberry32. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function recordRun(store: Store, plan: Plan, artifact: Digest): Promise<void> {
  const node = plan.nodes.find(({ id }) => id === 'pairs');
  if (!node) throw new Error('no pairs in the plan');
  const { key } = await publishResult(store, { node, parts: nodeParts(node), inputs: {}, outputs: { out: artifact }, seconds: 0 });
  const head = { run: 'million', name: plan.name, status: 'succeeded' as const, plan: await keepPlan(store, plan), started: Date.now() };
  await noteRun(store, { head, changed: [{ id: 'pairs', nodes: [{ id: 'pairs', kind: 'pair', key }], state: 'done' }] });
}

async function measure(): Promise<void> {
  const server = spawn(process.execPath, [join(home, 'cli', 'main.ts'), 'inspect', '--json'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(String(line)) as { url: string };
  const first = await timeOf(`${url}step?node=pairs`);
  console.log(`first page of the pairs, the first time: ${first} ms; aim: ${aim} ms`);
  if (first > aim) process.exitCode = 1;
  for (const [what, query] of [
    ['first page', ''],
    ['last page', '&from=999950'],
    ['a language, page 1,001', '&language=Rust&from=50000'],
    ['both answers of 390 tokens and more', '&chosen_from=390&rejected_from=390'],
    ['longest chosen first', '&order=chosen'],
    ['chosen longer by most', '&order=longer'],
  ] as const) {
    const times = [];
    for (let time = 0; time < 5; time++) times.push(await timeOf(`${url}step?node=pairs${query}`));
    console.log(`${what}: ${times.toSorted((a, b) => a - b)[2]} ms, median of 5`);
  }
  console.log(`one pair with the way it came: ${await timeOf(`${url}item?node=pairs&row=777777`)} ms`);
  server.kill('SIGINT');
  await once(server, 'exit');
}

/** Milliseconds until a page is here as a whole. */
async function timeOf(url: string): Promise<number> {
  const begun = performance.now();
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok || !text.includes('Row ')) throw new Error(`${url}: ${answer.status} ${text.slice(0, 300)}`);
  return Math.round(performance.now() - begun);
}
