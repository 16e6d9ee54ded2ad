/** `npm run bench -- compile`: how long checking and planning take, and what merging saves. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { compile } from '../compile/index.ts';
import { hostileTimes } from './hostile.ts';
import { benchConfig, largeFile, paper, stepsWithoutMerging } from './compile/inputs.ts';

const home = join(import.meta.dirname, '..');
const runs = 15;

printCheck();
printStartUp();
printSweep('a sweep of 10,000 cells × 12 steps', 'shared');
printSweep('the same where little can be shared', 'unshared');
await printHostile();
printPaper();

function printCheck(): void {
  const source = largeFile();
  const first = timed(() => compile({ source, file: 'large.yaml', config: benchConfig() }));
  const warm = times(() => compile({ source, file: 'large.yaml', config: benchConfig() }));
  const lines = source.split('\n').length;
  print(
    `a file of ${lines} lines checked and planned`,
    `${ms(median(warm))} warm (${spread(warm)}), ${ms(first)} the first time in a process`,
    `aim: 50 ms; ${ratio(median(warm), 50)} of it`,
  );
}

function printStartUp(): void {
  const command = (args: string[]) => () => execFileSync(join(home, 'codepmp'), args, { cwd: home, stdio: 'ignore' });
  const bare = times(() => execFileSync(process.execPath, ['-e', '0'], { stdio: 'ignore' }));
  const help = times(command(['--help']));
  const validate = times(command(['validate', 'pipelines/quickstart.yaml']));
  print(
    'start-up of the command line',
    `${ms(median(help))} (${spread(help)}); node alone ${ms(median(bare))}`,
    `aim: 250 ms; ${ratio(median(help), 250)} of it`,
  );
  print(
    'codepmp validate, as a whole',
    `${ms(median(validate))} (${spread(validate)})`,
    `${ratio(median(validate), median(bare))} of node alone`,
  );
}

/** In processes of their own, whose memory is only this. */
function printSweep(title: string, input: 'shared' | 'unshared'): void {
  const found = Array.from({ length: 5 }, () => planSweep(input)).sort((one, other) => one.milliseconds - other.milliseconds);
  const { cells, steps, nodes, milliseconds } = found[2] as Planned;
  const megabytes = Math.max(...found.map((each) => each.megabytes));
  const times = `${ms(milliseconds)} (${spread(found.map((each) => each.milliseconds))})`;
  print(
    title,
    `${times}, ${Math.round(megabytes)} MB: ${cells.toLocaleString('en')} cells, ${steps.toLocaleString('en')} steps → ${nodes.toLocaleString('en')} nodes`,
    `aim: 2,000 ms and 500 MB; ${ratio(milliseconds, 2000)} and ${ratio(megabytes, 500)} of it`,
  );
}

interface Planned {
  cells: number;
  steps: number;
  nodes: number;
  milliseconds: number;
  megabytes: number;
}

function planSweep(input: 'shared' | 'unshared'): Planned {
  const script = join(import.meta.dirname, 'compile', 'sweep.ts');
  return JSON.parse(
    execFileSync(process.execPath, [...process.execArgv, script, input], { encoding: 'utf8', env: { ...process.env, CODEPMP_HOME: home } }),
  ) as Planned;
}

function printPaper(): void {
  const plan = paper();
  const all = stepsWithoutMerging(plan);
  for (const kind of ['train/pmp', 'train/pmp-stable', 'train/pmp-decay', 'train/rm', 'summarize', 'respond'] as const) {
    const nodes = plan.nodes.filter((node) => node.kind === kind).length;
    print(
      `${kind} in pipelines/paper.yaml`,
      `${nodes} merged, ${all[kind] ?? 0} where each cell runs alone`,
      `${ratio(all[kind] ?? 0, nodes)} as many`,
    );
  }
}

async function printHostile(): Promise<void> {
  const found = await hostileTimes();
  const { name, milliseconds } = found[0] ?? { name: 'none', milliseconds: 0 };
  print(
    `${found.length} hostile files, each answered by a warm checker, median of 5`,
    `slowest ${ms(milliseconds)}: ${name}; half of them below ${ms(median(found.map((each) => each.milliseconds)))}`,
    `aim: 100 ms; ${ratio(milliseconds, 100)} of it`,
  );
}

function times(work: () => void): number[] {
  return Array.from({ length: runs }, () => timed(work));
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function spread(values: number[]): string {
  return `n=${values.length}, ${Math.round(Math.min(...values))}–${Math.round(Math.max(...values))}`;
}

function ratio(value: number, of: number): string {
  return `${(value / of).toFixed(2)}×`;
}

function ms(value: number): string {
  return `${Math.round(value).toLocaleString('en')} ms`;
}

function print(title: string, figure: string, compared: string): void {
  console.log(`${title}\n  ${figure}\n  ${compared}`);
}

