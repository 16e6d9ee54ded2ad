import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { claimLines, claimsExit, countsOf } from '../../../cli/watch/claims.ts';
import { readRun } from '../../../records/run.ts';
import { resultOf } from '../../../cli/watch/conclusion.ts';
import type { ClaimResult, RunProgress } from '../../../plan/index.ts';
import { recordedFolder } from '../recorded-runs.ts';

const text =
  'accuracy at N=256 of bon (init=pmp, rm_pairs=500) above bon (init=base, rm_pairs=40000): 0.612 against 0.587, difference +0.025 [+0.011, +0.039] at 95 %, 1,319 items shared by both sides, mean of 3 measurements a side';
const holds: ClaimResult = { id: 'pmp-helps', outcome: 'holds', text, difference: 0.025, interval: [0.011, 0.039], n: 1319, confidence: 0.95, margin: 0, method: 'paired' };
const fails: ClaimResult = { ...holds, id: 'eoc-helps', outcome: 'fails' };
const undecided: ClaimResult = { ...holds, id: 'wcd-helps', outcome: 'undecided', reason: 'the interval holds 0' };

describe('claims at the end of a run', () => {
  test('are counted, and each is shown with its numbers within the columns of the terminal', () => {
    const lines = claimLines([holds, undecided], { columns: 80, paint: pc.createColors(false) });
    expect(lines).toEqual([
      'Claims: 1 holds, 1 undecided',
      '  ✓ pmp-helps holds',
      '    accuracy at N=256 of bon (init=pmp, rm_pairs=500) above bon (init=base,',
      '    rm_pairs=40000): 0.612 against 0.587, difference +0.025 [+0.011, +0.039] at',
      '    95 %, 1,319 items shared by both sides, mean of 3 measurements a side',
      '  ? wcd-helps undecided: the interval holds 0',
      '    accuracy at N=256 of bon (init=pmp, rm_pairs=500) above bon (init=base,',
      '    rm_pairs=40000): 0.612 against 0.587, difference +0.025 [+0.011, +0.039] at',
      '    95 %, 1,319 items shared by both sides, mean of 3 measurements a side',
    ]);
    expect(claimLines(undefined, { columns: 80, paint: pc.createColors(false) })).toEqual([]);
    expect(countsOf([holds, holds, fails, fails, undecided])).toBe('2 hold, 2 fail, 1 undecided');
  });

  test('decide the exit code: 5 when one fails, 0 when one is undecided', () => {
    expect(claimsExit({})).toBe(0);
    expect(claimsExit({ claims: [holds, undecided] })).toBe(0);
    expect(claimsExit({ claims: [undecided, fails, holds] })).toBe(5);
  });

  test('stand in the last line of --json', () => {
    const progress: RunProgress = { run: 'r', name: 'r', status: 'succeeded', started: 1, units: [], claims: [fails] };
    expect(resultOf(progress)).toMatchObject({ type: 'result', claims: [{ id: 'eoc-helps', outcome: 'fails' }] });
  });
});

const pipeline = `codepmp: 1
name: t
steps:
  data: {uses: dataset/arithmetic}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
`;

describe('status and report of a run with claims', () => {
  test('show them', async () => {
    await using user = await recordedFolder();
    await user.record('t-1', pipeline);
    const record = await readRun(user.store, 't-1');
    const folder = join(user.store.root, 'runs', 't-1', 'report');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'claims.md'), '# Claims\n\n- **pmp-helps** holds\n');
    await user.store.note('runs/t-1/progress.json', new TextEncoder().encode(JSON.stringify({ ...record, claims: [holds] })));
    expect((await user.codepmp('status')).stdout).toContain('\n\nClaims: 1 holds\n  ✓ pmp-helps holds\n    accuracy at N=256 of bon');
    expect(await user.codepmp('report')).toMatchObject({ exitCode: 0, stdout: '# Claims\n\n- **pmp-helps** holds' });
    expect(JSON.parse((await user.codepmp('report', '--json')).stdout)).toMatchObject({ claims: [{ id: 'pmp-helps' }] });

  });
});
