import { readFileSync } from 'node:fs';

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** `12 passed, 0 failed`, with what was skipped where there is any. */
export function lastLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Counts of vitest's JSON report. A file that failed outside of its tests counts as one failure. */
export function fromVitest(path: string): TestCounts {
  const report = JSON.parse(readFileSync(path, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    testResults: { status: string; assertionResults: { status: string }[] }[];
  };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** The files of tests that took longest by vitest's JSON report, the longest first; times in milliseconds. */
export function slowestFiles(path: string, most: number): { file: string; ms: number }[] {
  const { testResults } = JSON.parse(readFileSync(path, 'utf8')) as { testResults: { name: string; startTime: number; endTime: number }[] };
  const files = testResults.map(({ name, startTime, endTime }) => ({ file: name, ms: endTime - startTime }));
  return files.toSorted((a, b) => b.ms - a.ms).slice(0, most);
}

/** Counts of pytest's JUnit report, summed over its suites. */
export function fromJunit(path: string): TestCounts {
  const suites = [...readFileSync(path, 'utf8').matchAll(/<testsuite\s([^>]*)>/g)].map(([, attributes = '']) => attributes);
  if (suites.length === 0) throw new Error(`${path} holds no testsuite`);
  const total: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  for (const attributes of suites) {
    const value = (name: string): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
    const failed = value('errors') + value('failures');
    total.failed += failed;
    total.skipped += value('skipped');
    total.passed += value('tests') - failed - value('skipped');
  }
  return total;
}
