import { execa } from 'execa';
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Dependencies } from '../../../activities/index.ts';
import { inRanks } from '../../../activities/process/programs.ts';
import type { ProcessNode } from '../../../activities/process/programs.ts';
import type { Pool } from '../../../ports/configuration.ts';
import { poolDefaults } from '../../../schemas/index.ts';
import { startListeners, withdraw } from './listeners.ts';
import { openLauncher, type LauncherRig } from './rig.ts';
import { hasSlurm, startSlurmNodes, type SlurmNodes } from './slurmd.ts';
import { hasSshd, startSshNodes, type SshNodes } from './sshd.ts';

const home = join(import.meta.dirname, '..', '..', '..');
const python = join(home, '.setup', 'python', 'bin', 'python');
let place: string;
let ssh: SshNodes | null = null;
let slurm: SlurmNodes | null = null;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'codepmp-torchrun-'));
  await execa(python, [join(home, 'test/activities/process/tiny-reward-model.py'), join(place, 'base'), '1']);
  await mkdir(join(place, 'ssh'));
  if (hasSshd) ssh = await startSshNodes(join(place, 'ssh'));
  if (hasSlurm) slurm = await startSlurmNodes();
  if (slurm) process.env['SLURM_CONF'] = slurm.config;
  return async () => {
    await Promise.all([ssh?.stop(), slurm?.stop()]);
    delete process.env['SLURM_CONF'];
    await rm(place, { recursive: true, force: true });
  };
});

const texts = Array.from({ length: 9 }, (_, index) => ({ text: `t${index}`, prompt: `Question ${index}\n`, response: 'yes '.repeat(1 + index) }));

/** Scores texts with a small model on a pool, one process a node; by text, with the number of processes that wrote some. */
async function scoresOn(rig: LauncherRig, pool: Pool): Promise<{ scores: Map<string, number>; parts: number }> {
  const launcher = await openLauncher(rig);
  const ref = { job: 'job', attempt: '1' };
  const attempt = await launcher.folder(ref);
  const input = join(attempt, 'texts.jsonl');
  await writeFile(input, texts.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const files = { format: 1, progress: join(attempt, 'progress.jsonl'), result: join(attempt, 'result.json') };
  const model = { model: join(place, 'base', 'model'), prompt_format: 'question-answer', batch_tokens: 4096 };
  const config = { ...files, ...model, input, output: join(attempt, 'scores') };
  const node = { node: { run: { pool: 'pool' } }, folder: { attempt } } as unknown as ProcessNode;
  const dependencies = { store: { root: place }, config: { pools: { pool } }, python, home } as unknown as Dependencies;
  const { argv, env, config: stated, nodes = 1 } = inRanks(dependencies, node, { script: 'score.py', config });
  await writeFile(join(attempt, 'config.json'), JSON.stringify(stated));
  await launcher.submit({ ...ref, argv: [...argv, '--config', join(attempt, 'config.json')], env, cwd: attempt, nodes });
  await expect.poll(() => launcher.poll(ref), { timeout: 400_000, interval: 200 }).toEqual({ state: 'exited', failure: null });
  expect(JSON.parse(await readFile(files.result, 'utf8'))).toMatchObject({ status: 'succeeded' });
  const parts = (await readdir(config.output)).filter((name) => name.startsWith('scores-'));
  const lines = await Promise.all(parts.map((name) => readFile(join(config.output, name), 'utf8')));
  const scores = lines.join('').trimEnd().split('\n').map((line) => JSON.parse(line) as { text: string; score: number });
  return { scores: new Map(scores.map(({ text, score }) => [text, score])), parts: parts.length };
}

it.skipIf(!hasSshd || !hasSlurm)('torchrun meets on two nodes, by agents, over ssh and by Slurm, and scores as one process does', async () => {
  const alone = await scoresOn({ root: join(place, 'here') }, poolDefaults);
  expect(alone.scores.size).toBe(texts.length);
  const listeners = startListeners(join(place, 'by-agents'));
  const rig = { root: join(place, 'by-agents'), agents: { fenceMs: 30_000 } };
  const byAgents = await scoresOn(rig, { ...poolDefaults, nodes: 2 });
  await Promise.all(Object.values(listeners).map(withdraw));
  const bySsh = await scoresOn({ root: join(place, 'by-ssh'), ...(ssh && { ssh }) }, { ...poolDefaults, launcher: 'ssh', nodes: 2 });
  const bySlurm = await scoresOn({ root: join(place, 'by-slurm'), slurm: { lostAfterMs: 5000 } }, { ...poolDefaults, launcher: 'slurm', nodes: 2 });
  for (const { scores, parts } of [byAgents, bySsh, bySlurm]) {
    expect(parts).toBe(2);
    expect([...scores.keys()].toSorted()).toEqual([...alone.scores.keys()].toSorted());
    for (const [text, score] of scores) expect(score).toBeCloseTo(alone.scores.get(text) ?? Number.NaN, 5);
  }
});
