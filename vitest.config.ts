import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

if (Number(process.versions.node.split('.')[0]) < 24)
  throw new Error(`the tests run on Node 24, this is ${process.version}: use npm test, or put .setup/bin first on PATH`);

/** The end-to-end tests that take longest. They start first, so that the others do not wait for one of them at the end. */
const longest = [
  'server-killed', 'paper-toy', 'tutorial', 'worker-killed', 'trainer-killed', 'parking', 'launchers',
  'bad-luck', 'bucket', 'machines', 'reuse',
];

/** End-to-end tests mostly wait and others mostly compute, so they are mixed evenly. */
class Mixed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/e2e/${name}.test.ts`));
      return at === -1 ? longest.length : at;
    };
    const sorted = (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
    const shares = ['e2e', 'rooms'].flatMap((name) => {
      const own = sorted.filter(({ project }) => project.name === name);
      return own.map((file, index) => ({ file, share: index / own.length }));
    });
    return shares.toSorted((a, b) => a.share - b.share).map(({ file }) => file);
  }
}

/** Real servers and processes start in many tests, on machines that do other work as well: the limits only end what hangs. */
const shared = {
  pool: 'forks',
  testTimeout: 600_000,
  hookTimeout: 600_000,
  teardownTimeout: 60_000,
  expect: { poll: { timeout: 120_000 } },
} as const;

export default defineConfig({
  test: {
    // Twice as many as a small machine has processors: half of the time they wait.
    maxWorkers: 4,
    sequence: { sequencer: Mixed },
    projects: [
      { test: { ...shared, name: 'rooms', include: ['test/**/*.test.ts'], exclude: ['test/e2e/**'] } },
      { test: { ...shared, name: 'e2e', include: ['test/e2e/**/*.test.ts'] } },
    ],
  },
});
