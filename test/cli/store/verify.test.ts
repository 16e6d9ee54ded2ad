import { chmodSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LedgerRecord } from '../../../ports/ledger.ts';
import type { PlanNode } from '../../../plan/index.ts';
import { noteForgotten, readForgotten } from '../../../records/forgotten.ts';
import { readPin, renewPin } from '../../../records/pins.ts';
import { readRound, startRound } from '../../../records/rounds.ts';
import { recordedFolder, type RecordedFolder } from '../recorded-runs.ts';

const pipeline = `codepmp: 1
name: study
steps:
  data: {uses: dataset/arithmetic}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
`;

/** A run whose steps have made artifacts of one row, and a ledger with a segment of two commit groups. */
async function studied(): Promise<RecordedFolder> {
  const user = await recordedFolder();
  await user.record('study-1', pipeline, {
    artifact: async ({ node, output, artifacts }) => {
      const shard = await artifacts.writeJsonl([{ made: `${node.id}.${output}` }]);
      return artifacts.writeManifest({ type: typeOf(node, output), rows: 1, shards: [shard], meta: {} });
    },
  });
  const segment = user.store.ledger.open({ generationKey: 'aa', lo: '', hi: null, step: 'respond', attempt: '1' });
  for (const letter of ['a', 'b', 'c']) await segment.append(answer(letter));
  await segment.close();
  return user;
}

const typeOf = ({ outputs }: PlanNode, output: string): string => outputs[output] ?? '';

const answer = (letter: string): Omit<LedgerRecord, 'answer_digest'> => ({
  request: letter.repeat(64),
  origin: letter.repeat(64),
  text: `answer ${letter}`,
  finish_reason: 'stop',
  usage: null,
  model: 'm',
  by: 'run',
});

function filesIn({ store }: RecordedFolder, folder: string): string[] {
  const entries = readdirSync(join(store.root, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name).slice(store.root.length + 1));
}

function flip({ store }: RecordedFolder, file: string, at?: number): void {
  const path = join(store.root, file);
  const bytes = readFileSync(path);
  const place = at ?? Math.floor(bytes.length / 2);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

describe('verify', () => {
  test('finds nothing in a sound store', async () => {
    await using user = await studied();
    const files = ['blobs', 'names', 'notes', 'ledger'].flatMap((folder) => filesIn(user, folder));
    const { exitCode, stdout, stderr } = await user.codepmp('verify');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${files.length} files with \\d+ KB checked in ${user.store.root}: none is damaged$`));
  });

  test('names each damaged file of every sort, and sets it aside', async () => {
    await using user = await studied();
    const [manifest = ''] = await user.store.list('results/');
    const result = JSON.parse(new TextDecoder().decode((await user.store.read(manifest)) ?? undefined)) as {
      outputs: { [output: string]: string };
    };
    const [digest = ''] = Object.values(result.outputs);
    const [segment = ''] = filesIn(user, 'ledger');
    const blob = `blobs/${digest.slice(0, 2)}/${digest}`;
    const [, name = ''] = filesIn(user, 'names/results').filter((file) => !file.endsWith(manifest));
    flip(user, blob);
    flip(user, name, 1);
    flip(user, 'notes/runs/study-1/progress.json', 0);
    flip(user, segment, 20);
    utimesSync(join(user.store.root, segment), new Date(0), new Date(0));
    const { exitCode, stdout, stderr } = await user.codepmp('verify');
    expect(exitCode).toBe(1);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^${blob}: its bytes hash to [0-9a-f]{64}; moved to damaged/$`)),
      `${name}: its checksum is wrong; moved to damaged/`,
      expect.stringMatching('^notes/runs/study-1/progress.json: its checksum is wrong; it stays, and gc deletes nothing while it is there'),
      expect.stringMatching(new RegExp(`^${segment}: \\d+ bytes cannot be read, 2 answers can and are now in \\S+\\.seg; moved to damaged/$`)),
      expect.stringMatching(new RegExp(`^names/${manifest}: a file of this result of \\S+ is missing; it is made again$`)),
    ]);
    expect(stderr).toMatch(/: 4 of them damaged$/);
    const aside = [blob, name, `names/${manifest}`, segment];
    expect(new Set(await user.store.damaged())).toEqual(new Set(aside));
    const kept = await user.store.ledger.read({ generationKey: 'aa', lo: '', hi: null });
    expect([...kept.values()].map(({ text }) => text)).toEqual(['answer b', 'answer c']);
    await user.store.removeNote('runs/study-1/progress.json');
    expect(await user.codepmp('verify')).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('says which run makes the missing again, and prints JSON', async () => {
    await using user = await studied();
    const [name = ''] = await user.store.list('results/');
    const result = JSON.parse(new TextDecoder().decode((await user.store.read(name)) ?? undefined)) as {
      kind: string;
      outputs: { [output: string]: string };
    };
    const [digest = ''] = Object.values(result.outputs);
    flip(user, `blobs/${digest.slice(0, 2)}/${digest}`);
    const { exitCode, stdout } = await user.codepmp('verify', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      damaged: [{ file: `blobs/${digest.slice(0, 2)}/${digest}` }],
      incomplete: [{ key: name.slice('results/'.length), kind: result.kind }],
      runs: ['study-1'],
    });
  });

  test('writes what decides later runs again, from its copy or by its name, and leaves it where both copies are damaged', async () => {
    await using user = await studied();
    const { store } = user;
    const node = { kind: 'respond', version: 1, settings: {}, models: {}, resources: {} } as unknown as PlanNode;
    const forgotten = { repository: ['lab/one'], licence: [] };
    await noteForgotten(store, forgotten);
    await startRound(store, node);
    await renewPin(store, node, 'study-1');
    const [round = ''] = filesIn(user, 'names/rounds');
    const [pin = ''] = filesIn(user, 'notes/pins');
    for (const file of ['notes/forgotten.json', round, pin, pin.replace('notes/', 'notes/copies/')]) flip(user, file, 3);
    const { exitCode, stdout } = await user.codepmp('verify');
    expect(exitCode).toBe(1);
    const stays = 'its checksum is wrong; it stays, and what needs it is refused. It says which run has last refreshed a source. Delete both, ';
    expect(stdout.split('\n')).toEqual([
      `${round}: its checksum is wrong; written again: its name says all that it held`,
      expect.stringMatching(`^${pin.replace('notes/', 'notes/copies/')}: ${stays}`),
      'notes/forgotten.json: its checksum is wrong; written again from its copy',
      expect.stringMatching(`^${pin}: ${stays}`),
    ]);
    expect(await readForgotten(store)).toEqual(forgotten);
    expect(await readRound(store, node)).toBe(1);
    await expect(readPin(store, node)).rejects.toThrow(pin);
    flip(user, 'notes/copies/forgotten.json', 3);
    for (const file of [pin, pin.replace('notes/', 'notes/copies/')]) await store.files.remove(file);
    expect((await user.codepmp('verify')).stdout).toBe(
      'notes/copies/forgotten.json: its checksum is wrong; written again from what it is a copy of',
    );
    expect(await user.codepmp('verify')).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('writes the second file of what is kept twice where there is none, as in a store of an earlier format, or an old one', async () => {
    await using user = await studied();
    const { store } = user;
    const node = { kind: 'respond', version: 1, settings: {}, models: {}, resources: {} } as unknown as PlanNode;
    await noteForgotten(store, { repository: ['lab/one'], licence: [] });
    await renewPin(store, node, 'study-1');
    const [pin = ''] = filesIn(user, 'notes/pins');
    const copyOf = (file: string): string => file.replace('notes/', 'notes/copies/');
    const old = readFileSync(join(store.root, copyOf(pin)));
    rmSync(join(store.root, 'notes/copies'), { recursive: true });
    const { exitCode, stdout } = await user.codepmp('verify');
    const missing = 'it is missing; written again from what it is a copy of';
    expect([exitCode, stdout.split('\n')]).toEqual([1, [`notes/copies/forgotten.json: ${missing}`, `${copyOf(pin)}: ${missing}`]]);
    await renewPin(store, node, 'study-2');
    chmodSync(join(store.root, copyOf(pin)), 0o644);
    writeFileSync(join(store.root, copyOf(pin)), old);
    rmSync(join(store.root, 'notes/forgotten.json'));
    expect((await user.codepmp('verify')).stdout.split('\n')).toEqual([
      'notes/forgotten.json: it is missing; written again from its copy',
      `${copyOf(pin)}: it is out of date; written again from what it is a copy of`,
    ]);
    expect(await user.codepmp('verify')).toMatchObject({ exitCode: 0, stdout: '' });
    for (const file of ['notes/forgotten.json', pin]) flip(user, file, 3);
    expect(await readForgotten(store)).toEqual({ repository: ['lab/one'], licence: [] });
    expect(await readPin(store, node)).toBe('study-2');
  });

  test('names the format file where it is damaged', async () => {
    await using user = await studied();
    flip(user, 'FORMAT', 20);
    const { exitCode, stderr } = await user.codepmp('verify');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${join(user.store.root, 'FORMAT')} is damaged: its checksum is wrong.`)]);
  });

  test('leaves a segment alone that may still be written to', async () => {
    await using user = await studied();
    const [segment = ''] = filesIn(user, 'ledger');
    flip(user, segment, 20);
    const { stdout } = await user.codepmp('verify');
    expect(stdout).toMatch(/2 answers can; it may still be written to: verify again in ten minutes$/);
    expect(filesIn(user, 'ledger')).toEqual([segment]);
  });
});
