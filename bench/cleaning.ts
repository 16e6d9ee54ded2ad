/**
 * Cleaning of synthetic files, 2 of 7 of them copies with some words changed: files a second and core, peak memory, and what is found
 * of the near duplicates that exact Jaccard similarities give; copies of which no word changed are not counted.
 * `npm run bench -- cleaning [FILES] [WORDS]`, default 20,000 files of 1,500 words, about 9 kB.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanShards } from '../activities/cleaning/clean.ts';
import type { DroppedRow } from '../activities/cleaning/files.ts';
import { openThreads } from '../activities/cleaning/threads.ts';
import { writeCorpus } from '../activities/kinds/corpus.ts';
import { createArtifacts, openFileStore } from '../adapters/index.ts';
import { digestOfText, type RulesOptions } from '../items/index.ts';

const count = Number(process.argv[3] ?? 20_000);
const wordsOfFile = Number(process.argv[4] ?? 1500);
const near = 0.7;
/** Files whose similarities are computed exactly: those of the first families. */
const compared = Math.min(count, 3500);
const rules: RulesOptions = {
  profile: 'none',
  leave_out: [],
  languages: [],
  licences: [],
  secrets: 'keep',
  personal_data: 'keep',
  benchmarks: null,
};

const root = await mkdtemp(join(tmpdir(), 'codepmp-bench-'));
try {
  await bench();
} finally {
  await rm(root, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const store = await openFileStore({ root });
  const artifacts = createArtifacts(store);
  const corpus = await writeCorpus({ artifacts, store }, files(), { parts: Math.ceil(count / 10_000) });
  const manifest = await artifacts.readManifest(corpus);
  await using threads = openThreads({ size: availableParallelism(), signal: new AbortController().signal });
  const sizes = { shardRows: 10_000, entriesOfRank: 2 ** 22 };
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  const [before, start] = [process.cpuUsage(), performance.now()];
  const made = await cleanShards({ store, threads }, { manifest, earlier: null, rules, near, sizes });
  const { user, system } = process.cpuUsage(before);
  clearInterval(timer);
  const [cpu, wall] = [(user + system) / 1e6, (performance.now() - start) / 1000];
  const kept = made.shards.reduce((sum, { rows }) => sum + rows, 0);
  console.log(`${count} files, ${kept} stay; ${wall.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU`);
  console.log(`${Math.round(count / cpu)} files a second and core; ${Math.round(peak / 2 ** 20)} MiB at the peak, ${threads.size} threads`);
  const families = new Set(Array.from({ length: compared }, (_, index) => digestOfText(textOf(index))));
  const witnesses = new Map<string, string>();
  for (const { digest } of made.dropped) {
    const rows = await artifacts.readJsonl<DroppedRow>(digest);
    const gone = rows.filter(({ origin, reason }) => reason === 'near-duplicate' && families.has(origin));
    for (const { origin, witness } of gone) witnesses.set(origin, witness);
  }
  compare(witnesses);
}

/**
 * How many of the texts that exact similarities drop are dropped as near duplicates, and how many that are dropped are as similar to
 * their witness. Equal files are one text. A witness of another family is wrong: such texts have only chance in common.
 */
function compare(witnesses: ReadonlyMap<string, string>): void {
  let [expected, found, right] = [0, 0, 0];
  const families = Map.groupBy(Array.from({ length: compared }, (_, index) => index), familyOf);
  for (const members of families.values()) {
    const texts = new Map(members.map((index) => [digestOfText(textOf(index)), shinglesOf(textOf(index))]));
    const stay: Set<string>[] = [];
    for (const [origin, shingles] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const goes = stay.some((other) => jaccard(shingles, other) >= near);
      if (!goes) stay.push(shingles);
      const witness = texts.get(witnesses.get(origin) ?? '');
      expected += goes ? 1 : 0;
      found += goes && witnesses.has(origin) ? 1 : 0;
      right += witness && jaccard(shingles, witness) >= near ? 1 : 0;
    }
  }
  const share = (of: number, all: number): string => `${((100 * of) / Math.max(1, all)).toFixed(1)} % (${of} of ${all})`;
  const precision = share(right, witnesses.size);
  console.log(`near duplicates by exact similarity that went: ${share(found, expected)}; that went and are: ${precision}`);
}

/** Of seven files the last two are copies of the fifth. */
function familyOf(index: number): number {
  return index - Math.max(0, (index % 7) - 4);
}

function* files(): Generator<{ path: string; text: string; repository: string; language: string }> {
  for (let index = 0; index < count; index += 1)
    yield { path: `r${index % 97}/f${index}.py`, text: textOf(index), repository: `r${index % 97}`, language: 'Python' };
}

function textOf(index: number): string {
  const family = familyOf(index);
  const words = wordsOf(family + 1, wordsOfFile);
  if (family === index) return words.join(' = ');
  const random = randomOf(index + 1_000_003);
  const rate = 0.05 * random();
  return words.map((word) => (random() < rate ? `x${Math.floor(random() * 1e6)}` : word)).join(' = ');
}

function wordsOf(seed: number, length: number): string[] {
  const random = randomOf(seed);
  return Array.from({ length }, () => Math.floor(random() ** 2 * 20_000).toString(36));
}

/** Numbers in [0, 1) that a seed decides: sfc32, whose long state keeps what two seeds give from being parts of one sequence. */
function randomOf(seed: number): () => number {
  let [a, b, c, count] = [seed, 0, 0, 1];
  const next = (): number => {
    const sum = (a + b + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 15; round += 1) next();
  return next;
}

function shinglesOf(text: string): Set<string> {
  const words = text.match(/\w+/g) ?? [];
  return new Set(words.slice(4).map((_, at) => words.slice(at, at + 5).join(' ')));
}

function jaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((each) => other.has(each)).length;
  return shared / (one.size + other.size - shared);
}
