/**
 * `npm run bench -- growth [TEXTS]`: pairs of TEXTS texts (2,000), then of a tenth more, through the real command line: what the growth
 * costs in calls and in bytes written, as shares of what the first run cost. A tenth of both would be ideal.
 *
 * Calls and the ledger reach it. Results do not: they are files of many items in the order of their digests, so that equal texts give equal
 * bytes wherever they come from. Nothing in that order tells new texts from old ones, and a file of m items has no new one among
 * them with a probability of about 0.9 to the power of m: nearly all are written again.
 */
import { readdirSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fastEndpoint, project } from '../test/e2e/rig.ts';
import { configOfTexts, pairsOfTexts, textLines } from './scale/pairs-of-texts.ts';

const texts = Number(process.argv[3] ?? 2000);
using endpoint = await fastEndpoint();
const settings = configOfTexts(endpoint.url, 64);
await using user = await project({ 'codepmp.config.yaml': settings, 'growth.yaml': pairsOfTexts, 'texts.jsonl': '' });
const written = new Set<string>();
const first = await grow(0, texts);
const grown = await grow(texts, texts / 10);
console.log(`a tenth more texts: ${percent(grown.calls, first.calls)} of the calls, ${percent(grown.bytes, first.bytes)} of the bytes`);
for (const [folder, bytes] of grown.folders)
  console.log(`  ${folder}: ${megabytes(bytes)}, ${percent(bytes, first.folders.get(folder) ?? 0)} of ${megabytes(first.folders.get(folder) ?? 0)}`);

/** Adds so many texts, runs the pipeline, and returns what it cost. */
async function grow(from: number, count: number) {
  await appendFile(join(user.folder, 'texts.jsonl'), [...textLines(count, from)].join(''));
  const { status, run, calls } = await user.run('growth.yaml');
  if (status !== 'succeeded') throw new Error((await user.codepmp('status', run)).stdout);
  const folders = newBytes();
  return { calls: calls['fast'] ?? 0, folders, bytes: [...folders.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

/** Bytes of the files that are new in the store, by folder. */
function newBytes(): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const folder of ['blobs', 'ledger', 'names'])
    for (const entry of readdirSync(join(user.store, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || written.has(path)) continue;
      written.add(path);
      bytes.set(folder, (bytes.get(folder) ?? 0) + statSync(path).size);
    }
  return bytes;
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(0)} %`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
