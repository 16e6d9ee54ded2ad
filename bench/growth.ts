/**
 * `npm run bench -- growth [TEXTS]`: pairs of TEXTS texts (2,000), then of a tenth more, which `clean` adds with `grow`, through the
 * real command line: what the growth costs in calls and in bytes written, as shares of what the first run cost, undisturbed and with the
 * worker killed meanwhile. A tenth of each is the aim.
 *
 * Files that cleaning keeps until `gc` are counted by themselves: the first growth signs all texts once more, and a later one finds
 * the signatures of those before it.
 */
import { readdirSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileStore } from '../adapters/index.ts';
import { readNamed } from '../records/named.ts';
import { killAfter } from '../test/e2e/crash.ts';
import { countsOf, fastEndpoint, project, type Project, type Served } from '../test/e2e/rig.ts';
import { configOfTexts, pairsOf, textLines } from './scale/pairs-of-texts.ts';

const texts = Number(process.argv[3] ?? 2000);
const first = { texts: '{uses: source/jsonl, with: {source: texts, take: null}}', old: '{uses: clean, with: {corpus: texts}}' };
const more = { more: '{uses: source/jsonl, with: {source: more, take: null}}', all: '{uses: clean, with: {corpus: more, grow: old}}' };

for (const isKilled of [false, true]) await measure(isKilled);

/** Runs both, the growth with its worker killed when half of its answers are there, and prints what the growth cost. */
async function measure(isKilled: boolean): Promise<void> {
  using endpoint = await fastEndpoint({ delay: 20 });
  await using user = await project({ 'codepmp.config.yaml': configOfTexts(endpoint.url, 64) });
  await writeFile(join(user.folder, 'texts.jsonl'), textLines(texts));
  await writeFile(join(user.folder, 'more.jsonl'), textLines(texts / 10, texts));
  const costOf = costsIn(user, endpoint);
  const start = await costOf(pairsOf(first));
  const growth = await costOf(pairsOf({ ...first, ...more }), isKilled ? (3 * texts) / 10 / 2 : 0);
  console.log(isKilled ? '\nkilled at half of the growth' : 'undisturbed');
  for (const [what, cost] of growth) {
    const whole = start.get(what) ?? 0;
    const amounts = what === 'calls' ? `${cost} of ${whole}` : `${megabytes(cost)} of ${megabytes(whole)}`;
    console.log(`${what.padEnd(28)} ${percent(cost, whole).padStart(6)}   ${amounts}`);
  }
}

/** A function that runs a pipeline and returns its calls, and the bytes that it added to the store, by what they are of. */
function costsIn(user: Project, endpoint: Served) {
  let before = new Map<string, number>();
  return async (pipeline: string, killedAfter = 0): Promise<Map<string, number>> => {
    const earlier = await countsOf(endpoint);
    await writeFile(join(user.folder, 'growth.yaml'), pipeline);
    const run = user.start('growth.yaml');
    if (killedAfter > 0) await killAfter({ user, endpoint, answers: earlier.answered + killedAfter });
    const { status } = await run.result;
    if (status !== 'succeeded') throw new Error(`a run ended as ${status}`);
    const counts = await countsOf(endpoint);
    const sizes = await bytesInStore(user.store);
    const added = [...sizes].map(([what, size]) => [what, size - (before.get(what) ?? 0)] as const);
    before = sizes;
    return new Map([['calls', counts.requests + counts.again - earlier.requests - earlier.again], ...added]);
  };
}

/** Bytes of the store, by what they are of. */
async function bytesInStore(root: string): Promise<Map<string, number>> {
  const cleaning = await bytesOfCleaning(root);
  const sizes = new Map([['results', bytesIn(join(root, 'blobs')) - cleaning]]);
  for (const folder of ['ledger', 'names']) sizes.set(folder, bytesIn(join(root, folder)));
  return sizes.set('files kept while cleaning', cleaning);
}

/** Bytes of what the stages of cleaning have made, but for the last one, which makes the result. */
async function bytesOfCleaning(root: string): Promise<number> {
  const store = await openFileStore({ root });
  const sizes = new Map<string, number>();
  for (const name of await store.list('cleaning/')) {
    if (name.startsWith('cleaning/write/')) continue;
    const record = await readNamed<{ files: { [file: string]: string }; bytes: { [file: string]: number } }>(store, name);
    for (const [file, digest] of Object.entries(record?.files ?? {})) sizes.set(digest, record?.bytes[file] ?? 0);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(1)} %`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
