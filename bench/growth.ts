/**
 * `npm run bench -- growth [TEXTS]`: pairs of TEXTS texts (2,000), then of a tenth more, which `clean` adds with `grow`, through the
 * real command line: what the growth costs in calls and in bytes written, as shares of what the first run cost. A tenth of each is the aim.
 *
 * Files that cleaning keeps until `gc` are counted by themselves: the first growth signs all texts once more, and a later one finds
 * the signatures of those before it.
 */
import { readdirSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileStore } from '../adapters/index.ts';
import { readNamed } from '../records/named.ts';
import { fastEndpoint, project } from '../test/e2e/rig.ts';
import { configOfTexts, pairsOf, textLines } from './scale/pairs-of-texts.ts';

const texts = Number(process.argv[3] ?? 2000);
const first = { texts: '{uses: source/jsonl, with: {source: texts, take: null}}', old: '{uses: clean, with: {corpus: texts}}' };
const more = { more: '{uses: source/jsonl, with: {source: more, take: null}}', all: '{uses: clean, with: {corpus: more, grow: old}}' };

using endpoint = await fastEndpoint();
await using user = await project({ 'codepmp.config.yaml': configOfTexts(endpoint.url, 64) });
await writeFile(join(user.folder, 'texts.jsonl'), textLines(texts));
await writeFile(join(user.folder, 'more.jsonl'), textLines(texts / 10, texts));
let before = new Map<string, number>();
const start = await costOf(pairsOf(first));
const growth = await costOf(pairsOf({ ...first, ...more }));
for (const [what, cost] of growth) {
  const whole = start.get(what) ?? 0;
  const amounts = what === 'calls' ? `${cost} of ${whole}` : `${megabytes(cost)} of ${megabytes(whole)}`;
  console.log(`${what.padEnd(28)} ${percent(cost, whole).padStart(6)}   ${amounts}`);
}

/** Runs a pipeline and returns its calls, and the bytes that it added to the store, by what they are of. */
async function costOf(pipeline: string): Promise<Map<string, number>> {
  await writeFile(join(user.folder, 'growth.yaml'), pipeline);
  const { status, run, calls } = await user.run('growth.yaml');
  if (status !== 'succeeded') throw new Error((await user.codepmp('status', run)).stdout);
  const bytes = await bytesInStore();
  const added = [...bytes].map(([what, size]) => [what, size - (before.get(what) ?? 0)] as const);
  before = bytes;
  return new Map([['calls', calls['fast'] ?? 0], ...added]);
}

/** Bytes of the store, by what they are of. */
async function bytesInStore(): Promise<Map<string, number>> {
  const cleaning = await bytesOfCleaning();
  const sizes = new Map([['results', bytesIn('blobs') - cleaning]]);
  for (const folder of ['ledger', 'names']) sizes.set(folder, bytesIn(folder));
  return sizes.set('files kept while cleaning', cleaning);
}

/** Bytes of what the stages of cleaning have made, but for the last one, which makes the result. */
async function bytesOfCleaning(): Promise<number> {
  const store = await openFileStore({ root: user.store });
  const sizes = new Map<string, number>();
  for (const name of await store.list('cleaning/')) {
    if (name.startsWith('cleaning/write/')) continue;
    const record = await readNamed<{ files: { [file: string]: string }; bytes: { [file: string]: number } }>(store, name);
    for (const [file, digest] of Object.entries(record?.files ?? {})) sizes.set(digest, record?.bytes[file] ?? 0);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function bytesIn(folder: string): number {
  const files = readdirSync(join(user.store, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(1)} %`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
