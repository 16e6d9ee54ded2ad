import { describe, expect, test } from 'vitest';
import type { ClaimResult, ComparisonResult } from '../../plan/index.ts';
import { addClaims, renderReport } from '../../report/index.ts';
import type { ReportFile } from '../../ports/report.ts';
import { textsOf } from './files.ts';
import { sampleInput } from './sample-input.ts';
import { sampleViews } from './sample-views.ts';

const text = 'accuracy of rm (lr=1) above rm (lr=2)';
const compared: ComparisonResult = {
  outcome: 'holds',
  text,
  numbers: '0.612 against 0.587, difference +0.025 [+0.011, +0.039] at 95 %',
  difference: 0.025,
  interval: [0.011, 0.039],
  n: 1319,
  clusters: 1319,
  p: 0.01,
  method: 'paired',
};
const missing: ComparisonResult = {
  outcome: 'undecided',
  text,
  numbers: null,
  difference: null,
  interval: null,
  n: 0,
  clusters: 0,
  p: 1,
  method: null,
  reason: 'rm@1: it has made no metrics',
};
const holds: ClaimResult = {
  id: 'faster-helps',
  outcome: 'holds',
  text,
  confidence: 0.95,
  relation: 'above',
  margin: 0,
  over: 'items',
  p: 0.01,
  holm: 0.01,
  trained_once: [],
  comparisons: [compared],
};
const open: ClaimResult = { ...holds, id: 'wider-helps', outcome: 'undecided', comparisons: [missing] };

const content = (files: readonly ReportFile[], name: string): string => textsOf(files)[name] ?? '';

describe('claims of a run', () => {
  test('are in every format of the laid-out report: after the results, in the summary, and as JSON', async () => {
    const { files } = await renderReport({ ...sampleInput(), views: sampleViews() });
    const laidOut = await addClaims(files, [holds, open]);
    const page = content(laidOut, 'index.html');
    expect(page.indexOf('<section id="claims"')).toBeGreaterThan(page.indexOf('<section id="results"'));
    expect(page.indexOf('<section id="claims"')).toBeLessThan(page.indexOf('<section id="accuracy"'));
    expect(page.match(/<a href="#claims">Claims<\/a>/g)).toHaveLength(1);
    expect(page).toContain('<dt>Claims</dt><dd>Of 2 claims of the file, 1 holds, 1 undecided.</dd>');
    expect(content(laidOut, 'report.md')).toMatch(/\n\n## Claims\n\n[^]*\| faster-helps \| holds \| \\\+0\.025 [^]*\n\n## Missing results\n/);
    for (const name of ['tables.tex', 'tables.csv', 'report.json']) expect([name, content(laidOut, name)]).toEqual([name, expect.stringContaining('faster-helps')]);
    expect(JSON.parse(content(laidOut, 'claims.json'))).toMatchObject([{ id: 'faster-helps' }, { outcome: 'undecided' }]);
    expect(laidOut.map(({ name }) => name).sort()).toEqual([...files.map(({ name }) => name), 'claims.md', 'claims.json'].sort());
  });

  test('show no number where nothing was compared', async () => {
    const [page] = await addClaims([], [open]);
    expect(page?.content).toMatch(/^# Claims\n/);
    expect(page?.content).toMatch(/\| wider-helps \| undecided \| [^0-9|]* \| [^0-9|]* \|/);
    expect(page?.content).toContain('wider-helps undecided (rm@1: it has made no metrics): accuracy of rm');
  });

  test('show each comparison of a claim with several, under what became of it', async () => {
    const failed = { ...compared, outcome: 'fails' as const, text: 'size=2: accuracy of rm (lr=1) above rm (lr=2)' };
    const several = {
      ...holds,
      outcome: 'fails' as const,
      text: 'accuracy of rm (lr=1) above (lr=2), for each size',
      comparisons: [{ ...compared, text: 'size=1: accuracy of rm (lr=1) above rm (lr=2)' }, failed],
    };
    const [page] = await addClaims([], [several, holds]);
    expect(page?.content).toContain(
      'faster-helps fails (of 2 comparisons 1 holds, 1 fails): accuracy of rm (lr=1) above (lr=2), for each size.',
    );
    expect(page?.content).toMatch(
      /faster-helps fails[^]*\| size=1: accuracy of rm \(lr=1\) above rm \(lr=2\) \| holds \| \\\+0\.025 [^]*\| size=2: [^|]* \| fails \|/,
    );
    expect(page?.content).toContain('The claims of a file are one family: each is decided by its p after Holm');
  });

  test('print digits until an interval that excludes 0 shows it', async () => {
    const close = { ...compared, difference: 0.0145, interval: [0.00004, 0.029] as [number, number] };
    const [page] = await addClaims([], [{ ...holds, comparisons: [close] }]);
    expect(page?.content).toContain(String.raw`\+0.01450 \[+0.00004, +0.02900\]`);
  });

  test('cannot break out of the page', async () => {
    const hostile = { ...holds, id: 'a|b', comparisons: [{ ...compared, text: '<script>alert(1)</script> <section id="provenance">' }] };
    const { files } = await renderReport(sampleInput());
    const page = content(await addClaims(files, [hostile]), 'index.html');
    expect(page).not.toContain('<script>');
    expect(page.match(/<section id="provenance"/g)).toHaveLength(1);
  });
});
