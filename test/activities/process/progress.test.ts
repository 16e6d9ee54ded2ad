import { appendFile, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProgress } from '../../../activities/process/progress.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp-progress-'));
  path = join(folder, 'progress.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const step = (number: number, time: number): string => `${JSON.stringify({ step: number, steps: 9, time, loss: 0.5 })}\n`;

describe('the progress of a process', () => {
  it('is nothing before the process has written', async () => {
    expect(await openProgress(path, 0)()).toEqual({ last: null, lines: 0, within: null, written: 0, steps: 0 });
  });

  it('is its last line, and the steps since a moment, repeated ones counted each time', async () => {
    const look = openProgress(path, 2000);
    await appendFile(path, step(1, 1) + step(2, 2) + step(3, 3));
    expect(await look()).toMatchObject({ last: { done: 3, total: 9, unit: 'steps', detail: { time: 3, loss: 0.5 } }, steps: 2 });
    await appendFile(path, step(2, 4) + '{"event":"checkpoint"}\n');
    expect(await look()).toMatchObject({ last: { done: 2 }, steps: 3 });
  });

  it('says when its latest line was written, and when that promises another', async () => {
    const look = openProgress(path, 0);
    await appendFile(path, '{"event":"start","time":1,"within":1800}\n{"step":1,"steps":9,"time":2.5,"within":60}\n');
    expect(await look()).toMatchObject({ last: { done: 1, detail: { time: 2.5 } }, lines: 2, within: 60, written: 2500 });
    await appendFile(path, '{"event":"rollback","time":4}\n');
    expect(await look()).toMatchObject({ lines: 3, within: null, written: 4000 });
  });

  it('leaves a line that is being written for the next look', async () => {
    const look = openProgress(path, 0);
    const line = `${JSON.stringify({ done: 3, total: 5, name: 'größer' })}\n`;
    const bytes = Buffer.from(line);
    await appendFile(path, Buffer.concat([Buffer.from(step(1, 1)), bytes.subarray(0, bytes.length - 6)]));
    expect(await look()).toMatchObject({ last: { done: 1 }, steps: 1 });
    await appendFile(path, bytes.subarray(bytes.length - 6));
    expect(await look()).toMatchObject({ last: { done: 3, total: 5, unit: 'items', detail: { name: 'größer' } }, steps: 1 });
  });

  it('passes over a line that a process could not write whole, wherever it is', async () => {
    const look = openProgress(path, 0);
    await appendFile(path, `${step(1, 1)}{"step":2,"ste\n${step(2, 2)}{"step":3{"event":"start"}\n`);
    expect(await look()).toMatchObject({ last: { done: 2 }, lines: 2, steps: 2 });
    await appendFile(path, step(3, 3));
    expect(await look()).toMatchObject({ last: { done: 3 }, lines: 3 });
  });

  it('reads each line once', async () => {
    const look = openProgress(path, 0);
    const lines = step(1, 1) + step(2, 2);
    await appendFile(path, lines);
    await look();
    await truncate(path, 0);
    await appendFile(path, ' '.repeat(lines.length) + step(3, 3));
    expect(await look()).toMatchObject({ last: { done: 3 }, steps: 3 });
  });
});
