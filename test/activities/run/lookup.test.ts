import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTemplate } from '../../../activities/group/templates.ts';
import { lookup } from '../../../activities/run/lookup.ts';
import { createArtifacts, openFileStore } from '../../../adapters/index.ts';
import { readTemplate as compileTemplate } from '../../../compile/index.ts';
import type { Compiler } from '../../../ports/compiler.ts';
import { canonicalBytes } from '../../../plan/keys.ts';
import type { Json, PlanNode, UnitFound } from '../../../plan/index.ts';
import { kindNames, kindOf } from '../../../schemas/index.ts';
import { config, planOf } from '../../compile/rig.ts';

const home = join(import.meta.dirname, '..', '..', '..');
const compiler = { readTemplate: compileTemplate } as Partial<Compiler> as Compiler;

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

/** Every kind that reads a folder of data. */
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

/** What the lookup says of a step that asks with a template `own.md` of its own, as its chunks get it. */
async function lookAtOwn() {
  const store = await openFileStore({ root: join(folder, 'store') });
  const artifacts = createArtifacts(store);
  const plan = planOf(`codepmp: 1
name: own
models: {m: {endpoint: remote, max_tokens: 8}}
steps:
  code: {uses: source/files, with: {source: python-stdlib}}
  prompts: {uses: summarize, with: {corpus: code, model: m, template: own.md, templates: python-stdlib}}
`);
  const digest = await store.putBytes(canonicalBytes(plan as unknown as Json));
  const dependencies = { store, artifacts, home, compiler, config: { ...config, sources: { 'python-stdlib': { path: join(folder, 'data') } } } };
  const corpus = await artifacts.writeManifest({ type: 'corpus', rows: 0, shards: [], meta: {} });
  const above = { made: { code: { key: 'k', outputs: { out: corpus } } }, skipped: {} };
  const [found] = await lookup(dependencies)({ run: 'run', started: 1, plan: digest, units: [{ index: 1, above }], delta: null });
  const node = plan.nodes.find(({ id }) => id === 'prompts') as PlanNode;
  return { ...found, node, content: String(found?.looked['prompts']?.['content']), dependencies };
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

  it('whose own prompt template is missing is found all the same, and fails by itself once it asks', async () => {
    const template = join(folder, 'data', 'own.md');
    const missing = await lookAtOwn();
    expect(missing).toMatchObject({ node: { id: 'prompts' }, results: {} });
    await expect(readTemplate(missing.dependencies, missing)).rejects.toMatchObject({
      class: 'invalid',
      message: `prompts: the folder of source python-stdlib has no file own.md: ${join(folder, 'data')}. Correct template of prompts`,
    });
    await writeFile(template, 'Describe {code}\n');
    const there = await lookAtOwn();
    expect(there.key).not.toBe(missing.key);
    await expect(readTemplate(there.dependencies, there)).resolves.toMatchObject({ file: template });
    await expect(readTemplate(there.dependencies, missing)).rejects.toMatchObject({ class: 'invalid' });
  });

  it('is not looked at where its kind reads no folder', async () => {
    expect(await look('dataset/arithmetic', '{train: 10}')).toMatchObject({ looked: {} });
  });
});
