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
import { config } from '../test/e2e/pipelines.ts';
import { fastEndpoint, project } from '../test/e2e/rig.ts';

const pipeline = `codepmp: 1
name: growth
models:
  strong: {endpoint: fast, temperature: 0.3, max_tokens: 256}
  weak: {endpoint: fast, temperature: 1, max_tokens: 256}
steps:
  code: {uses: source/jsonl, with: {source: texts, take: null}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: prompts, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
`;

const texts = Number(process.argv[3] ?? 2000);
using endpoint = await fastEndpoint();
const settings = config({ endpoints: { fast: endpoint.url }, concurrency: 64 }).replace('sources:', 'sources:\n  texts: {path: texts.jsonl}');
await using user = await project({ 'codepmp.config.yaml': settings, 'growth.yaml': pipeline, 'texts.jsonl': '' });
const written = new Set<string>();
const first = await grow(0, texts);
const grown = await grow(texts, texts / 10);
console.log(`a tenth more texts: ${percent(grown.calls, first.calls)} of the calls, ${percent(grown.bytes, first.bytes)} of the bytes`);
for (const [folder, bytes] of grown.folders)
  console.log(`  ${folder}: ${megabytes(bytes)}, ${percent(bytes, first.folders.get(folder) ?? 0)} of ${megabytes(first.folders.get(folder) ?? 0)}`);

/** Adds so many texts, runs the pipeline, and returns what it cost. */
async function grow(from: number, count: number) {
  await appendFile(join(user.folder, 'texts.jsonl'), Array.from({ length: count }, (_, index) => lineOf(from + index)).join(''));
  const { status, run, calls } = await user.run('growth.yaml');
  if (status !== 'succeeded') throw new Error((await user.codepmp('status', run)).stdout);
  const folders = newBytes();
  return { calls: calls['fast'] ?? 0, folders, bytes: [...folders.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

function lineOf(index: number): string {
  const lines = Array.from({ length: 12 }, (_, line) => `    total += value * ${(index * 31 + line * 17) % 9973}`);
  return `${JSON.stringify({ content: `def total_${index}(value):\n    total = 0\n${lines.join('\n')}\n    return total\n` })}\n`;
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
