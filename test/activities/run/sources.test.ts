import { createHash } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../activities/run/sources.ts';
import type { PlanNode } from '../../../plan/index.ts';
import { config, planOf } from '../../compile/rig.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp-source-'));
  await Promise.all(names.map((name) => writeFile(join(folder, name), name)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const names = Array.from({ length: 150 }, (_, index) => `${String(index).padStart(3, '0')}.py`);
const [node] = planOf('codepmp: 1\nname: s\nsteps:\n  code: {uses: source/files, with: {source: python-stdlib}}\n').nodes as [PlanNode];
const look = () => fingerprintOf({ config: { ...config, sources: { 'python-stdlib': { path: folder } } } }, node);

describe('the fingerprint of a source', () => {
  it('is that of its files by name, however many are looked at together', async () => {
    const hash = createHash('sha256');
    for (const name of names) {
      const { size, mtimeMs } = await stat(join(folder, name));
      hash.update(`${name}\0${size}\0${mtimeMs}\n`);
    }
    expect(await look()).toBe(hash.digest('hex'));
  });

  it('is another one when the last of them has changed', async () => {
    const before = await look();
    await writeFile(join(folder, names.at(-1) ?? ''), 'longer than before');
    expect(await look()).not.toBe(before);
  });
});
