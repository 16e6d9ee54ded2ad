/**
 * `npm run bench -- trainer-faults`: one small training on two processes (CPU) through the real command line, undisturbed and once with
 * each fault. For each: the steps that were done twice, the seconds until the next attempt had begun, the processes left ten seconds
 * after the end, and whether the checkpoint is equal byte for byte. Batches and weights that are not finite are in the trainer's tests.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { config, training } from '../test/e2e/pipelines.ts';
import { artifactOf, processesOf, project, tinyWeights, trainingSteps, until, type Project } from '../test/e2e/rig.ts';

/** Optimiser steps of the training, between two checkpoints, and before the fault. */
const [total, every, before] = [240, 40, 110];

/** Seconds without a step after which a training counts as stalled, where three times the median step is less. */
const stallAfter = 5;

interface Fault {
  name: string;
  pool?: string;
  /** Brings it about. */
  make(user: Project): Promise<void> | void;
  /** Checkpoint intervals that may be done again. Default: one. */
  intervals?: number;
  /** Whether the training survives it. Default: it does not, and a new attempt begins. */
  survives?: boolean;
}

const ranks = (user: Project) => matching(user, /^\S+ -u \S+train\.py /);
const kill = (pids: number[], signal: NodeJS.Signals = 'SIGKILL') => pids.forEach((pid) => process.kill(pid, signal));
const onNodes = 'launcher: agents, nodes: 1, ';

const faults: Fault[] = [
  { name: 'a rank is killed', make: (user) => kill(ranks(user).slice(-1)) },
  { name: 'torchrun is killed', make: (user) => kill(torchrun(user)) },
  { name: 'torchrun and all ranks are killed', make: (user) => kill([...torchrun(user), ...ranks(user)]) },
  { name: 'a rank stands still', make: (user) => kill(ranks(user).slice(-1), 'SIGSTOP') },
  { name: 'the worker is killed', survives: true, make: async (user) => kill([(await user.pids()).worker]) },
  { name: 'the agent of a node is killed', pool: onNodes, make: (user) => kill(matching(user, /gang\/agent\.ts/)) },
  { name: 'the gang is killed', pool: onNodes, make: (user) => kill(matching(user, /gang\/gang\.ts/)) },
  { name: 'the worker of a node is killed', pool: onNodes, survives: true, make: async (user) => kill([(await user.pids()).worker]) },
  { name: 'the last checkpoint is torn', intervals: 2, make: (user) => damage(user, (bytes) => bytes.subarray(0, -100)) },
  {
    name: 'a bit of the last checkpoint is flipped',
    intervals: 2,
    make: (user) => damage(user, withFlippedBit),
  },
];

const undisturbed = await trial({ name: 'none', survives: true, make: () => undefined });
print('fault', ['steps again', 'next attempt', 'left', 'checkpoint']);
let missed = 0;
for (const fault of faults) {
  const { again, found, left, digest } = await trial(fault);
  const isEqual = digest === undisturbed.digest;
  const most = fault.survives ? 0 : every * (fault.intervals ?? 1);
  const isAsWanted = isEqual && left === 0 && again <= most && (found === null) === (fault.survives ?? false);
  if (!isAsWanted) missed++;
  const outcome = `${isEqual ? 'equal' : 'DIFFERS'}${isAsWanted ? '' : ', NOT AS WANTED'}`;
  print(fault.name, [`${again} of ${most}`, found === null ? 'none' : `${found.toFixed(1)} s`, `${left}`, outcome]);
}
console.log(missed === 0 ? 'one run of each: every fault as wanted' : `${missed} FAULTS NOT AS WANTED`);
process.exitCode = missed === 0 ? 0 : 1;

interface Outcome {
  again: number;
  /** Seconds from the fault to the next attempt; null: there was none. */
  found: number | null;
  left: number;
  digest: string;
}

async function trial({ pool = '', make, survives = false }: Fault): Promise<Outcome> {
  const whole = training({ presentations: total * 4, every });
  await using user = await project({
    'codepmp.config.yaml': `${config({ weights: await tinyWeights() })}pools: {local: {${pool}processes: 2, stall_after: ${stallAfter}}}\n`,
    'train.yaml': whole.slice(0, whole.indexOf('  accuracy:')),
  });
  const run = user.start('train.yaml');
  await until(`${before} steps are made`, async () => (await trainingSteps(user)).length >= before, 300);
  const begun = starts(user).length;
  const at = Date.now();
  await make(user);
  if (!survives) await until('another attempt begins', () => starts(user).length > begun, 120);
  const { status } = await run.result;
  if (status !== 'succeeded') throw new Error(`the run ${status}`);
  const steps = await trainingSteps(user);
  const next = starts(user)[begun];
  const { digest } = await artifactOf(user, 'rm');
  const left = await leftAfter(user, 10);
  return { again: steps.length - new Set(steps).size, found: next === undefined ? null : (next - at) / 1000, left, digest };
}

/** When the attempts of the training began, milliseconds since the epoch. */
function starts(user: Project): number[] {
  const lines = readFileSync(join(jobOf(user), 'progress.jsonl'), 'utf8').split('\n').filter((line) => line.includes('"event": "start"'));
  return lines.map((line) => (JSON.parse(line) as { time: number }).time * 1000);
}

function jobOf({ store }: Project): string {
  const jobs = readdirSync(join(store, 'jobs')).map((name) => join(store, 'jobs', name));
  return jobs.find((job) => existsSync(join(job, 'progress.jsonl'))) ?? '';
}

function matching({ store }: Project, pattern: RegExp): number[] {
  return processesOf(store).filter(({ command }) => pattern.test(command)).map(({ pid }) => pid);
}

function torchrun(user: Project): number[] {
  return matching(user, /^\S+ -m torch\.distributed\.run /);
}

/** Damages the newest checkpoint that counts, and kills the training, which then has to notice. */
function damage(user: Project, change: (bytes: Buffer) => Buffer): void {
  kill([...torchrun(user), ...ranks(user)], 'SIGSTOP');
  const folder = join(jobOf(user), 'checkpoints');
  const whole = readdirSync(folder).filter((name) => name.startsWith('step-') && existsSync(join(folder, name, 'manifest.json')));
  const file = join(folder, whole.toSorted().at(-1) ?? '', 'state-00000.safetensors');
  writeFileSync(file, change(readFileSync(file)));
  kill([...torchrun(user), ...ranks(user)]);
}

function withFlippedBit(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, -100), Buffer.of((bytes.at(-100) ?? 0) ^ 4), bytes.subarray(-99)]);
}

/** Processes of the training that are still there after so many seconds; none as soon as there are none. */
async function leftAfter(user: Project, seconds: number): Promise<number> {
  const left = (): number => [...torchrun(user), ...ranks(user), ...matching(user, /gang\/(agent|gang)\.ts/)].length;
  for (const end = Date.now() + seconds * 1000; left() > 0 && Date.now() < end; await delay(200));
  return left();
}

function print(name: string, columns: string[]): void {
  console.log([name.padEnd(42), ...columns.map((column) => column.padEnd(14))].join('').trimEnd());
}
