import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { logsOfUnit, openLogs } from '../../../cli/runs/log-files.ts';
import { openFileStore } from '../../../adapters/index.ts';

async function logOf(text: string, name = 'stderr.log'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'codepmp-logs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

const over = { isOver: true };
const open = { isOver: false };

it('a log that grows is read line by line, each line once, and the last one when nothing more will come', async () => {
  const path = await logOf('one\ntw');
  const read = openLogs({ rank: null });
  expect(read(path, open)).toEqual(['one']);
  await appendFile(path, 'o\n\nfour');
  expect(read(path, open)).toEqual(['two']);
  expect(read(path, over)).toEqual(['four']);
  expect(read(path, over)).toEqual([]);
});

it('what one of several processes has written is shown without its rank, and nothing of the others', async () => {
  const path = await logOf('torchrun says\nrank 1: b\nrank 0: a\nrank 10: k\nrank 1: c\n');
  expect(openLogs({ rank: 1 })(path, over)).toEqual(['b', 'c']);
  expect(openLogs({ rank: 0 })(path, over)).toEqual(['a']);
  expect(openLogs({ rank: 2 })(path, over)).toEqual([]);
});

it('a process that is alone is rank 0, and progress is not what a process has printed', async () => {
  const path = await logOf('alone\n');
  expect(openLogs({ rank: 0 })(path, over)).toEqual(['alone']);
  expect(openLogs({ rank: 1 })(path, over)).toEqual([]);
  expect(openLogs({ rank: 0 })(await logOf('{"step":1}\n', 'progress.jsonl'), over)).toEqual([]);
});

it('the logs of a step are its progress and the outputs of its attempts, the latest last', async () => {
  const root = await mkdtemp(join(tmpdir(), 'codepmp-logs-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const store = await openFileStore({ root });
  const job = join(root, 'jobs', 'a'.repeat(32));
  for (const attempt of ['1', '2']) {
    await mkdir(join(job, attempt), { recursive: true });
    await writeFile(join(job, attempt, 'n1.stderr.log'), '');
  }
  await writeFile(join(job, 'progress.jsonl'), '');
  expect(logsOfUnit(store, { key: 'a'.repeat(64) } as never)).toEqual([
    join(job, 'progress.jsonl'),
    join(job, '1', 'n1.stderr.log'),
    join(job, '2', 'n1.stderr.log'),
  ]);
});
