import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStore } from '../../adapters/index.ts';
import { collectUnused } from '../../cli/gc/collect.ts';
import type { PlanNode } from '../../plan/index.ts';
import { hashOf, nodeParts } from '../../plan/keys.ts';
import type { Store } from '../../ports/store.ts';
import { listExports, noteExport } from '../../records/exports.ts';
import { noteForgotten, readForgotten } from '../../records/forgotten.ts';
import { pinName, roundsPrefix } from '../../records/names.ts';
import { readPin, renewPin } from '../../records/pins.ts';
import { readRound, startRound } from '../../records/rounds.ts';

let root: string;
let store: Store;
const warnings: string[] = [];
const hear = ({ message }: Error): void => void warnings.push(message);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-held-'));
  store = await openFileStore({ root });
  warnings.length = 0;
  process.on('warning', hear);
});
afterEach(async () => {
  process.off('warning', hear);
  await rm(root, { recursive: true, force: true });
});

const node = { kind: 'source/github', version: 1, settings: {}, models: {}, resources: {} } as unknown as PlanNode;
const exported = { folder: '/out', run: 'r', step: 'pairs', node: 'pairs', format: 'jsonl', artifacts: ['ab'.repeat(32)], splits: ['train'] };

/** Flips a bit in the middle of a note, which may leave it JSON. */
function flip(name: string): void {
  const path = join(root, 'notes', name);
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

const sorts = [
  {
    says: 'what is forgotten',
    nameOf: () => 'forgotten.json',
    write: () => noteForgotten(store, { repository: ['lab/one'], licence: [] }),
    read: () => readForgotten(store),
    value: { repository: ['lab/one'], licence: [] },
    next: /Restore one of the two from a backup, or delete both and run codepmp forget again/,
  },
  {
    says: 'who refreshed a source',
    nameOf: () => pinName(hashOf(nodeParts(node))),
    write: () => renewPin(store, node, 'study-2'),
    read: () => readPin(store, node),
    value: 'study-2',
    next: /Delete both, and run with --refresh STEP/,
  },
  {
    says: 'where an export is',
    nameOf: async () => (await store.listNotes('exports/'))[0] ?? '',
    write: () => noteExport(store, exported),
    read: () => listExports(store),
    value: [exported],
    next: /Restore one of the two from a backup, or delete both/,
  },
];

describe.each(sorts)('a note of $says', ({ nameOf, write, read, value, next }) => {
  it('is read from its copy, with a warning, where it is damaged', async () => {
    await write();
    const name = await nameOf();
    flip(name);
    expect(await read()).toEqual(value);
    await expect.poll(() => warnings).toHaveLength(1);
    expect(warnings[0]).toBe(`damage in notes/${name} of the store ${root}: its copy notes/copies/${name} is used. codepmp verify writes it again`);
  });

  it('is read where its copy is damaged, and where it was deleted', async () => {
    await write();
    const name = await nameOf();
    flip(`copies/${name}`);
    expect(await read()).toEqual(value);
    await write();
    rmSync(join(root, 'notes', name));
    expect(await read()).toEqual(value);
  });

  it('never counts as absent where its copy is damaged as well', async () => {
    await write();
    const name = await nameOf();
    for (const each of [name, `copies/${name}`]) flip(each);
    await expect(read()).rejects.toMatchObject({
      class: 'invalid',
      message: expect.stringMatching(`^notes/${name} of the store ${root} is damaged, and so is its copy notes/copies/${name}`),
    });
    await expect(read()).rejects.toThrow(next);
  });

  it('is read as an earlier codepmp wrote it, and not taken for absent when it is damaged', async () => {
    await write();
    const name = await nameOf();
    const sealed = readFileSync(join(root, 'notes', name), 'latin1');
    rmSync(join(root, 'notes', 'copies'), { recursive: true, force: true });
    const path = join(root, 'notes', name);
    chmodSync(path, 0o644);
    writeFileSync(path, sealed.slice(0, sealed.lastIndexOf('\ncrc32:')));
    expect(await read()).toEqual(value);
    writeFileSync(path, '{');
    await expect(read()).rejects.toThrow(next);
  });
});

it('nothing is collected while it is not known which run refreshed a source', async () => {
  await renewPin(store, node, 'study-2');
  const name = pinName(hashOf(nodeParts(node)));
  for (const each of [name, `copies/${name}`]) flip(each);
  await expect(collectUnused({ store, before: Date.now() + 1, remove: true })).rejects.toThrow(`notes/${name}`);
});

describe('a round', () => {
  const fileOf = (round: number): string => join(root, 'names', `${roundsPrefix(hashOf(nodeParts(node)))}${round}`);

  it('is counted by its number, whatever an earlier one has lost', async () => {
    for (let each = 1; each <= 3; each += 1) expect(await startRound(store, node)).toBe(each);
    rmSync(fileOf(2));
    expect(await readRound(store, node)).toBe(3);
    expect(await startRound(store, node)).toBe(4);
  });

  it('stays when its file is damaged and space is freed', async () => {
    await startRound(store, node);
    chmodSync(fileOf(1), 0o644);
    writeFileSync(fileOf(1), '17\ncrc32:00000000\n');
    await collectUnused({ store, before: Date.now() + 1, remove: true });
    expect([existsSync(fileOf(1)), await readRound(store, node)]).toEqual([true, 1]);
  });
});
