import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { walkFolder } from '../../../activities/run/walk-folder.ts';

const all = { include: ['**/*.jsonl'], exclude: [] };
let root: string;
let dataset: string;
let snapshot: string;

/** A data set as Hugging Face's clients keep it: names of a snapshot are links to blobs. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'codepmp-walk-'));
  dataset = join(root, 'datasets--openai--gsm8k');
  snapshot = join(dataset, 'snapshots', 'cc7b047b');
  await Promise.all([join(dataset, 'blobs'), join(snapshot, 'main'), join(root, 'other', 'blobs')].map((path) => mkdir(path, { recursive: true })));
  await writeFile(join(dataset, 'blobs', '17f347dc'), '{"question": "1 + 1?", "answer": "#### 2"}\n');
  await writeFile(join(root, 'other', 'blobs', 'secret.jsonl'), '{}\n');
  await symlink('../../../blobs/17f347dc', join(snapshot, 'main', 'test.jsonl'));
  await symlink('../../../blobs/never-downloaded', join(snapshot, 'main', 'train.jsonl'));
  await symlink(join(root, 'other', 'blobs', 'secret.jsonl'), join(snapshot, 'elsewhere.jsonl'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe("links of Hugging Face's cache to its own blobs", () => {
  it('are files, whether the snapshot is declared or the data set', async () => {
    expect((await walkFolder(snapshot, all)).paths).toEqual(['main/test.jsonl']);
    expect((await walkFolder(join(snapshot, 'main'), all)).paths).toEqual(['test.jsonl']);
    expect((await walkFolder(dataset, all)).paths).toEqual(['snapshots/cc7b047b/main/test.jsonl']);
  });

  it('are left out and counted where the blob was never downloaded; so is a link to anywhere else', async () => {
    expect((await walkFolder(snapshot, all)).leftOut).toEqual({ 'no-plain-file': 2 });
  });
});
