/**
 * `npm run bench -- waiting [STEPS]`: what STEPS (100) trainings that wait for the machine cost the embedded server and the worker in
 * CPU, and how soon all have stopped once their run is cancelled, through the real command line.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { config } from '../test/e2e/pipelines.ts';
import { project, tinyWeights, type Project } from '../test/e2e/rig.ts';

/** Seconds between settling and measuring, and of the measurement. */
const settling = 15;
const measured = 30;

/** The most of a core that the server may use, and the most seconds until all have stopped. */
const most = { share: 0.15, stopping: 15 };

const steps = Number(process.argv[3] ?? 100);
const seeds = Array.from({ length: steps }, (_, index) => index + 1);
const pipeline = `codepmp: 1
name: waiting
params:
  seed: {type: integer, default: 1}
steps:
  arithmetic: {uses: dataset/arithmetic, with: {train: 400, test: 8, choices: 4, questions: 2, seed: 3}}
  rm: {uses: train/rm, with: {init: tiny, pairs: arithmetic.train, schedule: {kind: wcd, lr: 2e-4, warmup: 0.1}, batch_size: 4, max_length: 256, presentations: 100000, seed: $seed}}
targets: [rm]
sweeps:
  seeds: {seeds: [${seeds.join(', ')}]}
`;

await using user = await project({ 'codepmp.config.yaml': config({ weights: await tinyWeights() }), 'waiting.yaml': pipeline });
const run = user.start('waiting.yaml');
while ((await runningSteps(user)) < steps) await delay(5000);
const { server, worker } = await user.pids();
await delay(settling * 1000);
const before = { server: cpuOf(server), worker: cpuOf(worker) };
await delay(measured * 1000);
const share = { server: (cpuOf(server) - before.server) / measured, worker: (cpuOf(worker) - before.worker) / measured };
const began = Date.now();
await user.codepmp('cancel', await newestRun(user));
const stopping = (Date.now() - began) / 1000;
await run.exit;
console.log(`${steps} trainings of which one runs: server ${percent(share.server)} of a core, worker ${percent(share.worker)}`);
console.log(`cancelled: all had stopped after ${stopping.toFixed(1)} s`);
const isWithin = share.server <= most.share && stopping <= most.stopping;
console.log(isWithin ? 'as expected' : `EXPECTED AT MOST ${percent(most.share)} OF A CORE AND ${most.stopping} s`);
process.exitCode = isWithin ? 0 : 1;

async function runningSteps({ codepmp }: Project): Promise<number> {
  const { stdout, exitCode } = await codepmp('status', '--json');
  const { units } = (exitCode === 0 ? JSON.parse(stdout) : { units: [] }) as { units: { state: string }[] };
  return units.filter(({ state }) => state === 'running').length;
}

async function newestRun({ codepmp }: Project): Promise<string> {
  return (JSON.parse((await codepmp('status', '--json')).stdout) as { run: string }).run;
}

/** Seconds of CPU that a process has used. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}
