import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { claimLines, claimsExit } from '../../../cli/watch/claims.ts';
import { outcomeCounts } from '../../../plan/index.ts';
import { readRun } from '../../../records/run.ts';
import { resultOf } from '../../../cli/watch/conclusion.ts';
import type { ClaimResult, ComparisonResult, RunProgress } from '../../../plan/index.ts';
import { recordedFolder } from '../recorded-runs.ts';

const sentence = 'accuracy of bon at N=256 (init=pmp, rm_pairs=500) above bon at N=256 (init=base, rm_pairs=40000)';
const numbers =
  '0.612 against 0.587, difference +0.025 [+0.011, +0.039] at 95 %, 1,319 items shared by both sides, mean of 3 measurements a side';
const comparison: ComparisonResult = {
  outcome: 'holds',
  text: sentence,
  numbers,
  difference: 0.025,
  interval: [0.011, 0.039],
  n: 1319,
  clusters: 1319,
  p: 0.01,
  method: 'paired',
};
const holds: ClaimResult = {
  id: 'pmp-helps',
  outcome: 'holds',
  text: sentence,
  confidence: 0.95,
  relation: 'above',
  margin: 0,
  over: 'items',
  p: 0.01,
  holm: 0.01,
  trained_once: [],
  comparisons: [comparison],
};
const fails: ClaimResult = { ...holds, id: 'eoc-helps', outcome: 'fails' };
const undecided: ClaimResult = {
  ...holds,
  id: 'wcd-helps',
  outcome: 'undecided',
  comparisons: [{ ...comparison, outcome: 'undecided', reason: 'the interval includes 0' }],
};
const view = { columns: 80, paint: pc.createColors(false) };

describe('claims at the end of a run', () => {
  test('are counted, and each is shown with its numbers within the columns of the terminal', () => {
    expect(claimLines([holds, undecided], view)).toEqual([
      'Claims: 1 holds, 1 undecided',
      '  ✓ pmp-helps holds',
      '    accuracy of bon at N=256 (init=pmp, rm_pairs=500) above bon at N=256',
      '      (init=base, rm_pairs=40000): 0.612 against 0.587, difference +0.025',
      '      [+0.011, +0.039] at 95 %, 1,319 items shared by both sides, mean of 3',
      '      measurements a side',
      '  ? wcd-helps undecided: the interval includes 0',
      '    accuracy of bon at N=256 (init=pmp, rm_pairs=500) above bon at N=256',
      '      (init=base, rm_pairs=40000): 0.612 against 0.587, difference +0.025',
      '      [+0.011, +0.039] at 95 %, 1,319 items shared by both sides, mean of 3',
      '      measurements a side',
    ]);
    expect(claimLines(undefined, view)).toEqual([]);
    expect(outcomeCounts([holds, holds, fails, fails, undecided])).toBe('2 hold, 2 fail, 1 undecided');
  });

  test('show first the comparisons that decide a claim, and say how many there are more', () => {
    const each = (outcome: ComparisonResult['outcome'], text: string): ComparisonResult => ({
      ...comparison,
      outcome,
      text,
      numbers: '0.1 against 0.2',
      ...(outcome === 'undecided' && { reason: 'the interval includes 0' }),
    });
    const comparisons = [...['a', 'b', 'c', 'd'].map((text) => each('holds', text)), each('undecided', 'e'), each('fails', 'f')];
    expect(claimLines([{ ...fails, text: 'accuracy of x (init=pmp) above (init=base), for each size', comparisons }], view)).toEqual([
      'Claims: 1 fails',
      '  ✗ eoc-helps fails: of 6 comparisons 4 hold, 1 fails, 1 undecided',
      '    accuracy of x (init=pmp) above (init=base), for each size',
      '    ✗ f: 0.1 against 0.2',
      '    ? e: 0.1 against 0.2; the interval includes 0',
      '    ✓ a: 0.1 against 0.2',
      '    ✓ b: 0.1 against 0.2',
      '    ✓ c: 0.1 against 0.2',
      '    and 1 more: the report and --json have all',
    ]);
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
    expect((await user.codepmp('status')).stdout).toContain('\n\nClaims: 1 holds\n  ✓ pmp-helps holds\n    accuracy of bon at N=256');
    expect(await user.codepmp('report')).toMatchObject({ exitCode: 0, stdout: '# Claims\n\n- **pmp-helps** holds' });
    expect(JSON.parse((await user.codepmp('report', '--json')).stdout)).toMatchObject({ claims: [{ id: 'pmp-helps' }] });

  });
});
