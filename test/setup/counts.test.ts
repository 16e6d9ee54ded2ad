import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fromJunit, fromVitest, lastLine, slowestFiles } from '../../setup/counts.ts';

const folder = mkdtempSync(join(tmpdir(), 'codepmp-counts-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'report');
  writeFileSync(path, text);
  return path;
}

describe('the last line', () => {
  it('names what was skipped only where something was', () => {
    expect(lastLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(lastLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });
});

it('the slowest files come first, by vitest\'s report', () => {
  const testResults = [['a', 5], ['b', 90], ['c', 30]].map(([name, ms]) => ({ name, startTime: 100, endTime: 100 + Number(ms) }));
  expect(slowestFiles(file(JSON.stringify({ testResults })), 2)).toEqual([{ file: 'b', ms: 90 }, { file: 'c', ms: 30 }]);
});

describe('counts', () => {
  const totals = { numPassedTests: 4, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };

  it('come from the report of vitest, a file that cannot be loaded being one failure', () => {
    const testResults = [
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'passed' }] },
    ];
    expect(fromVitest(file(JSON.stringify({ ...totals, testResults })))).toEqual({ passed: 4, failed: 3, skipped: 3 });
  });

  it('come from the report of pytest, summed over its suites', () => {
    const xml =
      '<testsuites><testsuite name="a" errors="1" failures="2" skipped="3" tests="10" time="1"/><testsuite name="b" tests="1"/></testsuites>';
    expect(fromJunit(file(xml))).toEqual({ passed: 5, failed: 3, skipped: 3 });
  });

  it('are refused from a report that was cut off', () => {
    expect(() => fromJunit(file(''))).toThrow('no testsuite');
    expect(() => fromVitest(file('{"numPassed'))).toThrow();
    expect(() => fromVitest(join(folder, 'missing'))).toThrow('ENOENT');
  });
});
