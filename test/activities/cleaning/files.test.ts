import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { OpenFiles, valuesIn, writeLines } from '../../../activities/cleaning/files.ts';
import { pathsOf } from '../../../activities/cleaning/sign-shards.ts';

describe('the files of a corpus of many shards', () => {
  it('are read in any order with few of them open', () => {
    const folder = mkdtempSync(join(tmpdir(), 'codepmp-files-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const paths = Array.from({ length: 300 }, (_, at) => join(folder, `${at}`));
    for (const [at, path] of paths.entries()) writeFileSync(path, Uint32Array.of(0, at, 0));
    const openBefore = readdirSync('/dev/fd').length;
    using files = new OpenFiles();
    const read = () => paths.map((path) => files.numbers(path, 1, 1)[0]);
    expect(read()).toEqual([...paths.keys()]);
    expect(readdirSync('/dev/fd').length - openBefore).toBeLessThan(100);
    expect(read()).toEqual([...paths.keys()]);
  });

  it('hold more text together than the longest string', () => {
    const folder = mkdtempSync(join(tmpdir(), 'codepmp-files-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const line = JSON.stringify('a'.repeat(2 ** 20));
    const path = writeLines(folder, 'texts', Array.from({ length: 540 }, () => line));
    let characters = 0;
    for (const value of valuesIn<string>(path)) characters += value.length;
    expect(characters).toBe(540 * 2 ** 20);
  });

  it('are asked of the store a few at a time, and come in their order', async () => {
    let [asked, most] = [0, 0];
    const pathOf = async (digest: string): Promise<string> => {
      most = Math.max(most, ++asked);
      await otherWork();
      asked -= 1;
      return `/${digest}`;
    };
    const digests = Array.from({ length: 300 }, (_, at) => `${at}`);
    expect(await pathsOf({ pathOf }, digests)).toEqual(digests.map((digest) => `/${digest}`));
    expect(most).toBeLessThan(50);
  });
});
