import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromJunit, fromVitest, lastLine, slowestFiles, type TestCounts } from './counts.ts';
import { installTestServers } from './test-servers.ts';

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const reports = join(home, '.setup', 'reports');
const python = join(home, '.setup', 'python', 'bin');
const modules = join(home, 'node_modules');

/** A check. Without a report it passes or fails by its exit code. */
interface Runner {
  title: string;
  argv: [string, ...string[]];
  cwd?: string;
  /** Reads the counts from the report; throws if the report is missing or unreadable. */
  counts?: () => TestCounts;
  /** Minutes after which it counts as failed. */
  limit: number;
  /** File for its output, which is shown in one piece when it has ended, since another runs beside it. Default: it is shown as it comes. */
  log?: string;
}

/** What came of a check, after so many milliseconds. */
interface Outcome {
  title: string;
  ms: number;
  counts: TestCounts;
}

const junit = join(reports, 'pytest.xml');
const vitest = join(reports, 'vitest.json');

/** What uses all processors by itself, one after the other. */
const checks: Runner[] = [
  { title: 'lint', argv: [process.execPath, join(modules, 'oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings'], limit: 5 },
  { title: 'types', argv: [process.execPath, join(modules, 'typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json'], limit: 5 },
  { title: 'lint of the trainer', argv: [join(python, 'ruff'), 'check', '.'], cwd: 'trainer', limit: 5 },
  { title: 'types of the trainer', argv: [join(python, 'mypy')], cwd: 'trainer', limit: 5 },
];

/** What often waits, all at once. */
const suites: Runner[] = [
  {
    title: 'tests of the trainer',
    argv: [join(python, 'python'), '-m', 'pytest', '-q', `--junitxml=${junit}`],
    cwd: 'trainer',
    counts: () => fromJunit(junit),
    limit: 60,
    log: join(reports, 'pytest.log'),
  },
  {
    title: 'tests',
    argv: [
      process.execPath,
      join(modules, 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${vitest}`,
    ],
    counts: () => fromVitest(vitest),
    limit: 60,
  },
];

/** Runs every check, also after a failure; the last line says how many tests passed and failed. */
async function main(): Promise<number> {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  installTestServers();
  const outcomes: Outcome[] = [];
  for (const runner of checks) outcomes.push(await outcomeOf(runner));
  outcomes.push(...(await Promise.all(suites.map(outcomeOf))));
  const total: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  for (const { counts } of outcomes) for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += counts[key];
  process.stdout.write(`\ntime: ${outcomes.map(({ title, ms }) => `${title} ${secondsText(ms)}`).join(', ')}\n${slowestText()}`);
  const failed = outcomes.filter(({ counts }) => counts.failed > 0).map(({ title, counts }) => `failed in ${title}: ${lastLine(counts)}\n`);
  process.stdout.write(`\n${failed.join('')}${lastLine(total)}\n`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

/** Runs one check. */
async function outcomeOf(runner: Runner): Promise<Outcome> {
  const began = Date.now();
  const code = await exitOf(runner);
  const ms = Date.now() - began;
  return { title: runner.title, ms, counts: verdict(runner, code) };
}

/** The test files that took longest; empty if vitest left no report. */
function slowestText(): string {
  try {
    const files = slowestFiles(vitest, 10).map(({ file, ms }) => `  ${secondsText(ms).padStart(6)}  ${relative(home, file)}`);
    return files.length === 0 ? '' : `the slowest files of tests:\n${files.join('\n')}\n`;
  } catch {
    return '';
  }
}

function secondsText(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

/** The counts of a check; one that exits with an error but no failed test counts as a failure itself. */
function verdict({ title, counts }: Runner, code: number | null): TestCounts {
  if (!counts) return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  try {
    const read = counts();
    return code === 0 || read.failed > 0 ? read : { ...read, failed: 1 };
  } catch (error) {
    process.stdout.write(
      `${title} ended (${code ?? 'by a signal'}) without a report: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** The exit code; null after a signal or if the program cannot be started. Shows below its title what it prints. */
async function exitOf({ title, argv: [program, ...args], cwd = '.', limit, log }: Runner): Promise<number | null> {
  if (log === undefined) process.stdout.write(`\n== ${title}\n`);
  const output = log === undefined ? 'inherit' : openSync(log, 'w');
  const child = spawn(program, args, { cwd: join(home, cwd), stdio: ['ignore', output, output], env: environment() });
  const timer = setTimeout(() => child.kill('SIGKILL'), limit * 60_000);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  } catch (error) {
    process.stdout.write(`${program} cannot be started: ${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  } finally {
    clearTimeout(timer);
    if (log !== undefined) process.stdout.write(`\n== ${title}\n${readFileSync(log, 'utf8')}`);
  }
}

/** The caller's environment without variables that would point tests to the caller's server or configuration. */
function environment(): NodeJS.ProcessEnv {
  const nowhere = join(reports, 'temporal.toml');
  writeFileSync(nowhere, '[profile.default]\n');
  const own = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL_|CODEPMP_(STORE|CONFIG|DEV|IDLE))/.test(name));
  const path = `${join(home, '.setup', 'bin')}:${process.env['PATH']}`;
  const threads = { OMP_NUM_THREADS: process.env['OMP_NUM_THREADS'] ?? String(Math.max(1, Math.floor(cpus().length / 2))) };
  return { ...Object.fromEntries(own), ...threads, PATH: path, CODEPMP_HOME: home, TEMPORAL_CONFIG_FILE: nowhere };
}

process.exitCode = await main();
