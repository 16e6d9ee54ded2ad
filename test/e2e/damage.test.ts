import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArtifacts, openFileStore } from '../../adapters/index.ts';
import { readResult } from '../../records/results.ts';
import { readRun } from '../../records/run.ts';
import { config, generation, modules } from './pipelines.ts';
import { fastEndpoint, project } from './rig.ts';
import type { Project, Result, Served } from './rig.ts';

let endpoint: Served;
let user: Project;
let first: Made;

beforeAll(async () => {
  endpoint = await fastEndpoint();
  user = await project({
    'codepmp.config.yaml': config({ endpoints: { fast: endpoint.url } }),
    'pairs.yaml': generation({ take: 20 }),
    ...modules(24),
  });
  first = await madeBy(await user.run('pairs.yaml'));
});
afterAll(async () => {
  await user[Symbol.asyncDispose]();
  endpoint[Symbol.dispose]();
});

/** Digest of what each step has made: equal digests are equal bytes. */
interface Made {
  [step: string]: string | undefined;
}

async function madeBy({ run }: Result): Promise<Made> {
  const store = await openFileStore({ root: user.store });
  const made: Made = {};
  for (const { nodes } of (await readRun(store, run))?.units ?? [])
    for (const { id, key = '' } of nodes) made[id] = (await readResult(store, key))?.outputs['out'];
  return made;
}

/** Flips a byte in the middle of a file. */
function flip(path: string): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

/** Files of a folder of the store. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(join(user.store, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe('a store with a flipped byte', () => {
  it('in every name makes the same again, without a call', async () => {
    filesIn('names').forEach(flip);
    const result = await user.run('pairs.yaml');
    expect(result).toMatchObject({ status: 'succeeded', nodes: { ran: 6 }, calls: {} });
    expect(await madeBy(result)).toEqual(first);
  });

  it('in every blob and every note makes the same again, without a call', async () => {
    [...filesIn('blobs'), ...filesIn('notes')].forEach(flip);
    const result = await user.run('pairs.yaml');
    expect(result).toMatchObject({ status: 'succeeded', nodes: { ran: 6 }, calls: {} });
    expect(await madeBy(result)).toEqual(first);
  });

  it('in a segment of the ledger makes the same again, for at most one chunk of calls', async () => {
    const [segment = ''] = filesIn('ledger');
    flip(segment);
    filesIn('names').forEach(flip);
    const result = await user.run('pairs.yaml');
    expect(result.status).toBe('succeeded');
    expect(result.calls['fast']).toBeGreaterThan(0);
    expect(result.calls['fast']).toBeLessThanOrEqual(8);
    expect(await madeBy(result)).toEqual(first);
  });

  it('in files and answers that a changed step reads makes them again while the run goes on', async () => {
    const artifacts = createArtifacts(await openFileStore({ root: user.store }));
    for (const step of ['code', 'chosen'])
      for (const { digest } of (await artifacts.readManifest(first[step] ?? '')).shards)
        flip(join(user.store, 'blobs', digest.slice(0, 2), digest));
    await user.write('pairs.yaml', generation({ take: 20 }).replace('uses: pair, with: {', 'uses: pair, with: {length_ratio: {max: 50}, '));
    const result = await user.run('pairs.yaml');
    expect(result).toMatchObject({ status: 'succeeded', nodes: { ran: 2, reused: 4 }, calls: {} });
    expect({ ...(await madeBy(result)), pairs: first['pairs'] }).toEqual(first);
  });
});
