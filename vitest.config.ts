import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

if (Number(process.versions.node.split('.')[0]) < 24)
  throw new Error(`the tests run on Node 24, this is ${process.version}: use npm test, or put .setup/bin first on PATH`);

/** Real servers and processes start in many tests, on machines that do other work as well: the limits only end what hangs. */
const shared = {
  pool: 'forks',
  testTimeout: 300_000,
  hookTimeout: 300_000,
  teardownTimeout: 20_000,
  expect: { poll: { timeout: 120_000 } },
} as const;

/** The test files that take longest. They start first, so that the others do not wait for one of them at the end. */
const longest = [
  'server-killed', 'paper-toy', 'tutorial', 'worker-killed', 'trainer-killed', 'parking', 'launchers',
  'bad-luck', 'bucket', 'machines', 'reuse',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/e2e/${name}.test.ts`));
      return at === -1 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...shared, name: 'rooms', include: ['test/**/*.test.ts'], exclude: ['test/e2e/**'], sequence: { groupOrder: 1 } } },
      { test: { ...shared, name: 'e2e', include: ['test/e2e/**/*.test.ts'], sequence: { groupOrder: 2 } } },
    ],
  },
});
