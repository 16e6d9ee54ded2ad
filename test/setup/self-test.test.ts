import { execa } from 'execa';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from './rig.ts';

/** A checkout whose lint, type checkers and test runners do what the test says. */
interface SelfTestRig extends AsyncDisposable {
  home: string;
  program(path: string, script: string): Promise<void>;
  run(): Promise<{ exitCode?: number | undefined; lines: string[] }>;
}

const prelude = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
const vitestReport = JSON.stringify({ numPassedTests: 10, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, testResults: [] });
const writesVitest = (report: string): string =>
  `const path = process.argv.find((each) => each.startsWith('--outputFile.json=')).split('=')[1];
   require('node:fs').writeFileSync(path, ${JSON.stringify(report)});`;
const writesJunit = (attributes: string): string =>
  `#!/bin/sh\nfor each in "$@"; do case $each in --junitxml=*) echo '<testsuite ${attributes}/>' >"\${each#*=}" ;; esac; done\n`;

async function selfTestRig(): Promise<SelfTestRig> {
  const home = await mkdtemp(join(tmpdir(), 'codepmp-self-test-'));
  await cp(join(checkout, 'setup'), join(home, 'setup'), { recursive: true });
  await writeFile(join(home, 'package.json'), '{"type": "commonjs"}');
  await writeFile(join(home, 'setup', 'package.json'), '{"type": "module"}');
  await mkdir(join(home, 'trainer'));
  const program = async (path: string, script: string): Promise<void> => {
    const file = join(home, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, script);
    await chmod(file, 0o755);
  };
  await program('node_modules/oxlint/bin/oxlint', '');
  await program('node_modules/typescript/bin/tsc', '');
  await program('node_modules/vitest/vitest.mjs', `${prelude}${writesVitest(vitestReport)}`);
  await program('.setup/python/bin/ruff', '#!/bin/sh\n');
  await program('.setup/python/bin/mypy', '#!/bin/sh\n');
  await program('.setup/python/bin/python', writesJunit('tests="5" failures="0" errors="0" skipped="0"'));
  return {
    home,
    program,
    run: async () => {
      const { exitCode, stdout } = await execa(process.execPath, [join(home, 'setup', 'self-test.ts')], { reject: false });
      return { exitCode, lines: stdout.split('\n') };
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

describe('npm test', () => {
  it('ends with what passed, lint and type checks being one each', async () => {
    await using rig = await selfTestRig();
    const { exitCode, lines } = await rig.run();
    expect(lines.at(-1)).toBe('19 passed, 0 failed, 1 skipped');
    expect(lines.filter((line) => /^time: lint \d+ s, types \d+ s, /.test(line))).toHaveLength(1);
    expect(exitCode).toBe(0);
  });

  it('runs everything and fails when lint fails', async () => {
    await using rig = await selfTestRig();
    await rig.program('node_modules/oxlint/bin/oxlint', 'process.exit(1)');
    const { exitCode, lines } = await rig.run();
    expect(lines.at(-1)).toBe('18 passed, 1 failed, 1 skipped');
    expect(lines.at(-2)).toBe('failed in lint: 0 passed, 1 failed');
    expect(exitCode).toBe(1);
  });

  it('runs the tests of the trainer beside the others, and shows what they print in one piece', async () => {
    await using rig = await selfTestRig();
    const [one, other] = [join(rig.home, 'one'), join(rig.home, 'other')];
    const meet = (own: string, theirs: string) => `touch ${own}; for i in $(seq 600); do [ -e ${theirs} ] && break; sleep 0.05; done`;
    const report = writesJunit('tests="5" failures="0" errors="0" skipped="0"');
    await rig.program('.setup/python/bin/python', `${report}echo first; ${meet(one, other)}; [ -e ${other} ] && echo second\n`);
    const waits = `require('node:child_process').execSync(${JSON.stringify(meet(other, one))}); console.log('third');`;
    await rig.program('node_modules/vitest/vitest.mjs', `${prelude}${waits}${writesVitest(vitestReport)}`);
    const { lines } = await rig.run();
    expect(lines).toContain('third');
    expect(lines.slice(lines.indexOf('== tests of the trainer')).slice(0, 3)).toEqual(['== tests of the trainer', 'first', 'second']);
    expect(lines.at(-1)).toBe('19 passed, 0 failed, 1 skipped');
  });

  it.each([
    ['dies without a report', 'process.kill(process.pid, "SIGKILL")', '9 passed, 1 failed'],
    ['fails without a failed test', `${writesVitest(vitestReport)} process.exit(1)`, '19 passed, 1 failed, 1 skipped'],
  ])('counts a failure when the runner %s', async (_, script, last) => {
    await using rig = await selfTestRig();
    await rig.program('node_modules/vitest/vitest.mjs', `${prelude}${script}`);
    const { exitCode, lines } = await rig.run();
    expect(lines.at(-1)).toBe(last);
    expect(exitCode).toBe(1);
  });

  it('counts a failure when a program is missing', async () => {
    await using rig = await selfTestRig();
    await rig.program('.setup/python/bin/python', '#!/nowhere/python\n');
    const { exitCode, lines } = await rig.run();
    expect(lines.at(-1)).toBe('14 passed, 1 failed, 1 skipped');
    expect(exitCode).toBe(1);
  });
});
