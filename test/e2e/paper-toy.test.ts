import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../adapters/launchers/free-port.ts';
import { makePaperToy } from '../../cli/toy/prepare.ts';
import { home, projectIn, type Project } from './rig.ts';
import { runScript, watched } from './shell.ts';

/** What the page calls the first run: a cell with pretraining and one without. */
const cells = ['--sweep', 'main', '--cell', 'model=qwen2-1-5b'];

/** In place of the page's study, which is the whole paper. */
const study = `codepmp: 1
extends: paper-toy
name: my-paper
params:
  pmp_pairs: {default: 6}
steps:
  code: {with: {take: 6}}
`;

interface Counted {
  totals: { nodes: { total: number; ran: number }; calls: { [endpoint: string]: number } };
}

interface Planned {
  totals: { nodes: number };
  estimate: { to_run: { calls: { [endpoint: string]: number } } };
}

interface Report {
  sections: { id: string; blocks: { groups?: { rows: { cells: ReportCell[] }[] }[] }[] }[];
}

interface ReportCell {
  estimate?: { value: number | null };
  reason?: string;
}

const page = await readFile(join(home, 'docs', 'reproduce.md'), 'utf8');
let folder: string;
let user: Project;
let github: ChildProcessByStdio<null, Readable, null>;
let planned: Planned;
let followed: { command: string; exitCode: number; output: string }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codepmp-toy-'));
  await makePaperToy(join(folder, 'toy'), home, { train: 60, test: 4, subset: 1 });
  const port = await serveGithub(join(folder, 'toy', 'repositories'));
  const shipped = await readFile(join(home, 'pipelines', 'paper-toy.config.yaml'), 'utf8');
  user = await projectIn(join(folder, 'paper'), {
    'codepmp.config.yaml': shipped
      .replaceAll('../.setup/paper-toy', join(folder, 'toy'))
      .replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`)
      .replaceAll('test: 12', 'test: 4'),
    'paper.yaml': study,
  });
  planned = await answerOf('plan', 'paper.yaml', ...cells, '--json');
  followed = await follow(page);
}, 900_000);

afterAll(async () => {
  await user[Symbol.asyncDispose]();
  github.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Serves repositories as GitHub at a port of this machine; at another one if somebody takes it between the look for it and the start. */
async function serveGithub(repositories: string): Promise<number> {
  for (;;) {
    const port = await freePort();
    const served = [join(home, 'cli', 'toy', 'github.ts'), repositories, `${port}`];
    github = spawn(process.execPath, served, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(github, 'exit') as Promise<[number | null]>;
    const outcome = await Promise.race([once(github.stdout, 'data').then(() => 'ready' as const), ended.then(([code]) => code)]);
    if (outcome === 'ready') return port;
    if (outcome !== portTaken) throw new Error(`the stand-in of GitHub ended with ${outcome}`);
  }
}

/** Exit code of the stand-in of GitHub when its port is taken. */
const portTaken = 3;

describe('the page about the paper on machines of your own, followed with the paper in small,', () => {
  it('has commands that succeed', () => {
    expect(followed.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(followed.length).toBeGreaterThan(10);
  });

  it('leads to as many nodes and calls as the plan counted, but for an answer of each model to a description that was dropped', async () => {
    const { meta } = await answerOf<{ meta: { statuses: { [status: string]: number } } }>('show', 'prompts', '--json');
    const dropped = 6 - (meta.statuses['ok'] ?? 0);
    const calls = Object.fromEntries(Object.entries(planned.estimate.to_run.calls).map(([name, count]) => [name, count - dropped]));
    const runs = await answerOf<{ run: string }[]>('list', '--json');
    const { totals } = await answerOf<Counted>('status', runs.at(-1)?.run ?? '', '--json');
    expect(totals).toMatchObject({ nodes: { total: planned.totals.nodes, ran: planned.totals.nodes }, calls });
  });

  it('leads to a report without a cell that is empty for no reason', async () => {
    const { sections } = await answerOf<Report>('report', '--json');
    const results = sections.filter(({ id }) => id === 'results').flatMap(({ blocks }) => blocks);
    const shown = results.flatMap(({ groups = [] }) => groups.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells)));
    expect(shown.filter(({ estimate, reason }) => estimate?.value === null && reason === undefined)).toEqual([]);
    expect(shown.filter(({ estimate }) => typeof estimate?.value === 'number').length).toBeGreaterThan(10);
  });
});

async function answerOf<T>(...args: string[]): Promise<T> {
  const { stdout, stderr } = await user.codepmp(...args);
  if (!/^[{[]/.test(stdout)) throw new Error(`${args.join(' ')} printed no JSON:\n${stdout}\n${stderr}`);
  return JSON.parse(stdout) as T;
}

/** Runs the commands of the page in one shell. */
async function follow(text: string): Promise<typeof followed> {
  const commands = [...text.matchAll(/```sh\n([^`]*)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));
  const printed = await runScript(commands.map(watched), { folder, temporary: join(user.folder, 'tmp') });
  return commands.map((command, index) => ({ command, ...(printed[index] ?? { output: '', exitCode: -1 }) }));
}
