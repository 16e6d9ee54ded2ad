import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookup } from '../../../activities/run/lookup.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import { canonicalBytes } from '../../../plan/keys.ts';
import type { Json, UnitFound } from '../../../plan/index.ts';
import { kindNames, kindOf } from '../../../schemas/index.ts';
import { config, planOf } from '../../compile/rig.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp-lookup-'));
  await mkdir(join(folder, 'data'));
  for (const path of read) {
    await mkdir(dirname(join(folder, 'data', path)), { recursive: true });
    await writeFile(join(folder, 'data', path), '{"prompt": "1 + 1"}\n');
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A file that some kind reads, for each format. */
const read = ['items.jsonl', 'items.parquet', 'Posts.xml', 'clone.git/HEAD'];

/** Every kind that reads a folder of data, also those that only can be planned: a kind that becomes runnable is looked at from its first run on. */
const readers = kindNames.filter((kind) => 'source' in kindOf(kind).sources);

/** What the lookup says of the first step of a file of one step. */
async function look(
  kind: string,
  given = '{source: python-stdlib}',
  { run = 'run', again = false } = {},
): Promise<UnitFound | undefined> {
  const store = await openFileStore({ root: join(folder, 'store') });
  const plan = planOf(`codepmp: 1\nname: one\nsteps:\n  data: {uses: ${kind}, with: ${given}}\n`);
  const digest = await store.putBytes(canonicalBytes(plan as unknown as Json));
  const sources = { 'python-stdlib': { path: join(folder, 'data') } };
  const activity = lookup({ store, artifacts: createArtifacts(store), config: { ...config, sources } });
  const [found] = await activity({
    run,
    started: 1,
    plan: digest,
    units: [{ index: 0, above: { made: {}, skipped: {} }, ...(again && { again: ['data'] }) }],
    delta: null,
  });
  return found;
}

describe('a step', () => {
  it.each(readers)('that reads a folder has another key once a file there has changed: %s', async (kind) => {
    const before = await look(kind);
    expect((await look(kind))?.key).toBe(before?.key);
    for (const path of read) await appendFile(join(folder, 'data', path), '{"prompt": "2 + 2"}\n');
    expect((await look(kind))?.key).not.toBe(before?.key);
  });

  it('that searches keeps its key until a run refreshes it, for that run and later ones', async () => {
    const given = "{query: 'stars:>=50'}";
    const first = await look('source/github', given);
    expect((await look('source/github', given))?.key).toBe(first?.key);
    const refreshed = await look('source/github', given, { run: 'second', again: true });
    expect(refreshed).toMatchObject({ looked: { data: { content: 'second' } } });
    expect(refreshed?.key).not.toBe(first?.key);
    expect((await look('source/github', given, { run: 'third' }))?.key).toBe(refreshed?.key);
  });

  it('is not looked at where its kind reads no folder', async () => {
    expect(await look('dataset/arithmetic', '{train: 10}')).toMatchObject({ looked: {} });
  });
});
