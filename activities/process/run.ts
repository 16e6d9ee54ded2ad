import { Context } from '@temporalio/activity';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onlyNode, secondsIn, type Digest, type JobInput, type NodeSummary } from '../../plan/index.ts';
import { nothingPaid } from '../group/chunk.ts';
import { classified, withDetails } from '../../ports/failure.ts';
import type { Dependencies, ProcessPool } from '../dependencies.ts';
import { knownInputs } from '../run/lookup.ts';
import type { JobRef, Launcher, ProcessResult } from '../../ports/launcher.ts';
import { scheduled, type Claim, type Machine } from './machine.ts';
import { liveAttempt, secondsOf } from './attempts.ts';
import type { ProcessFolder, ProcessNode, ProcessStep, Program } from './programs.ts';
import { follow, type EndedProcess } from './follow.ts';
import { openProgress, type ProcessProgress } from './progress.ts';
import { publishResult } from '../../records/results.ts';
import type { OpenedWork } from '../run/unit-work.ts';
import { workOf, type ProcessWork, type Works } from '../works.ts';
import { jobName } from '../../records/names.ts';

/** Milliseconds between two looks at what a process waits for. */
const lookInterval = 1000;

/** A process as its activity finds it: the attempt of it that runs, or the one to launch. */
interface OpenedProcess extends ProcessNode {
  input: OpenedWork<JobInput>;
  work: ProcessWork;
  pool: ProcessPool;
  ref: JobRef;
  /** Seconds that processes of other steps have worked for it, less those that its own has worked for them. */
  borrowed: number;
}

/**
 * Runs a node's program: submits it once, or adopts one that is already running for this node, follows its progress until it has
 * written its result, and records what it made. If the worker is lost, the program keeps running, and the next worker adopts it.
 */
export function runProcess(dependencies: Dependencies, works: Works) {
  const waiting = new Set<OpenedProcess>();
  return async (input: OpenedWork<JobInput>): Promise<NodeSummary> => {
    const signal = Context.current().cancellationSignal;
    const process = await openProcess(dependencies, works, input);
    waiting.add(process);
    const leave = await takeTurn(dependencies, process, signal).finally(() => waiting.delete(process));
    try {
      return await superviseProcess(dependencies, process, { signal, leave, waiting });
    } finally {
      leave();
    }
  };
}

async function openProcess({ store, pools }: Dependencies, works: Works, input: OpenedWork<JobInput>): Promise<OpenedProcess> {
  const node = onlyNode(input.unit);
  const inputs = knownInputs(node, input.unit, {});
  if (!inputs) throw new Error(`${input.unit.id}: a process is one node whose inputs are there`);
  const job = jobName(input.key);
  const shared = await store.scratch(job);
  const pool = pools(node.run.pool);
  const { launcher } = pool;
  const ref = { job, attempt: (await liveAttempt(launcher, { job, shared })) ?? input.attempt };
  const folder = { shared, attempt: await launcher.folder(ref) };
  return { input, node, inputs, work: workOf(works, node, 'process'), pool, ref, folder, borrowed: 0 };
}

/**
 * Waits until the process has the machine, and says what holds it until then. One that is over, or has nothing left to do,
 * needs none, and so does one that another machine runs. One that was submitted before does not wait, since nothing keeps it from running.
 */
async function takeTurn(dependencies: Dependencies, process: OpenedProcess, signal: AbortSignal): Promise<() => void> {
  const { meters } = dependencies;
  const { input, work, ref } = process;
  const { launcher, machine } = process.pool;
  const found = await launcher.poll(ref);
  const isElsewhere = found.state === 'running' && found.elsewhere !== undefined;
  if (isElsewhere || found.state === 'exited') return () => {};
  const claim = { step: input.unit.id, job: ref.job, isSubmitted: found.state !== 'absent', gathers: work.gathers ?? false };
  if (claim.isSubmitted) return takeWhenFree(machine, claim);
  await work.takeIn?.(dependencies, process);
  if (await work.isDone?.(dependencies, process)) return () => {};
  const meter = meters.of(input.key, input.attempt);
  const since = Date.now();
  let noted: string | null | undefined;
  const timer = setInterval(() => {
    const holder = machine.holder();
    if (holder !== noted) meter.set({ queued: { since, holder } });
    noted = holder;
  }, lookInterval);
  try {
    return await machine.exclusive(signal, claim);
  } finally {
    clearInterval(timer);
  }
}

/** Takes the machine as soon as nothing else holds it, and gives it up when the result is called, whether or not it was taken by then. */
function takeWhenFree(machine: Machine, claim: Claim): () => void {
  const over = new AbortController();
  const turn = machine.exclusive(over.signal, claim);
  return () => {
    over.abort();
    void turn.then((leave) => leave(), () => undefined);
  };
}

interface MachineTurn {
  signal: AbortSignal;
  /** Gives the machine to whoever is next. */
  leave: () => void;
  /** Processes that wait for the machine. */
  waiting: ReadonlySet<OpenedProcess>;
}

async function superviseProcess(dependencies: Dependencies, process: OpenedProcess, turn: MachineTurn): Promise<NodeSummary> {
  const { store } = dependencies;
  const { input, node, inputs, ref, folder } = process;
  const { launcher } = process.pool;
  const progress = openProgress(join(folder.shared, 'progress.jsonl'), input.started);
  const took = async () => {
    const { steps } = await progress();
    const seconds = await secondsOf(launcher, { job: ref.job, shared: folder.shared, since: input.started });
    return { trainingSteps: steps, seconds: Math.max(0, seconds + process.borrowed) };
  };
  try {
    const outputs = await outputsOf(dependencies, process, { ...turn, progress });
    return await publishResult(store, { node, parts: input.parts[node.id] ?? {}, inputs, outputs, ...(await took()) });
  } catch (error) {
    const { trainingSteps, seconds } = await took();
    throw withDetails(error, { spent: { [node.id]: { ...nothingPaid, training_steps: trainingSteps, seconds } } });
  }
}

async function outputsOf(
  dependencies: Dependencies,
  process: OpenedProcess,
  { signal, leave, waiting, progress }: MachineTurn & { progress: () => Promise<ProcessProgress> },
): Promise<{ [output: string]: Digest }> {
  const { servers, meters } = dependencies;
  const { input, node, work, ref, folder, pool } = process;
  const { launcher } = pool;
  const meter = meters.of(input.key, input.attempt);
  let shares: Program['shares'];
  if ((await launcher.poll(ref)).state === 'absent') {
    const program = await work.program(dependencies, process, [...waiting]);
    if (!program) {
      meter.begin();
      leave();
      return work.collect(dependencies, { ...process, result: nothingLaunched });
    }
    if (pool.machine !== scheduled) await servers.stopIdle();
    await submit(launcher, ref, folder, program);
    shares = program.shares;
  }
  const { state, silent } = await follow(launcher, { ref, progress, meter, signal });
  await work.takeIn?.(dependencies, process);
  if (shares) lend(process, { waiting, shares, seconds: secondsIn([(await launcher.ran(ref)) ?? [0, 0]]) });
  leave();
  const result = await readProcessResult(folder);
  if (result?.status !== 'succeeded') throw await processFailure(launcher, { ref, state, silent, result, node: node.id });
  return work.collect(dependencies, { ...process, result });
}

/** Charges the steps that a process has also worked for their share of its seconds. */
function lend(
  process: OpenedProcess,
  { waiting, shares, seconds }: { waiting: Iterable<OpenedProcess>; shares: ReadonlyMap<ProcessStep, number>; seconds: number },
): void {
  for (const other of waiting) {
    const lent = (shares.get(other) ?? 0) * seconds;
    other.borrowed += lent;
    process.borrowed -= lent;
  }
}

const nothingLaunched: ProcessResult = { status: 'succeeded', class: null, message: '' };

async function submit(launcher: Launcher, ref: JobRef, folder: ProcessFolder, program: Program): Promise<void> {
  const config = join(folder.attempt, 'config.json');
  await mkdir(folder.attempt, { recursive: true });
  await writeFile(config, JSON.stringify(program.config, null, 2));
  const { argv, env, nodes = 1 } = program;
  await launcher.submit({ ...ref, argv: [...argv, '--config', config], env, cwd: folder.attempt, nodes });
}

async function readProcessResult(folder: ProcessFolder): Promise<ProcessResult | null> {
  const text = await readFile(join(folder.attempt, 'result.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as ProcessResult);
}

/** What torchrun, whose own exit status is that of any failure, writes when somebody has asked it to end. */
const toldTorchrun = /SignalException: Process \d+ got signal: 15$/m;

async function processFailure(
  launcher: Launcher,
  { ref, state, silent, result, node }: EndedProcess & { ref: JobRef; result: ProcessResult | null; node: string },
): Promise<Error> {
  const folder = await launcher.folder(ref);
  const logs = `its output: ${join(folder, 'stderr.log')}`;
  if (silent !== null)
    return classified('node-lost', `${node} made no step for ${Math.round(silent)} s and was killed; the stacks of its processes are in ${folder}`);
  const failure = state.state === 'exited' ? state.failure : null;
  const preempted = result?.status === 'preempted' || failure?.preempted || toldTorchrun.test(failure?.stderr ?? '');
  if (preempted) return classified('preempted', `${node} had to make room: something outside ended it; ${logs}`);
  const isLost = failure?.signal === 'SIGKILL';
  if (result && !isLost) return classified((result.class ?? 'job-failed') as 'job-failed', `${node}: ${result.message}\n${logs}`);
  const killed = failure?.signal != null || /signal(?:: | )?9|SIGKILL/i.test(failure?.stderr ?? '');
  const how = killed ? 'was killed' : `ended${failure?.exit == null ? '' : ` with exit code ${failure.exit}`}`;
  const tail = failure?.stderr ? `\n${failure.stderr}` : '';
  return classified(killed ? 'node-lost' : 'job-failed', `${node} ${how} without a result; ${logs}${tail}`);
}
