import { link, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Digest, Json, JsonObject, PlanNode } from '../../plan/index.ts';
import type { Pool } from '../../ports/configuration.ts';
import { classified } from '../../ports/failure.ts';
import { preloadedMarker } from '../../ports/launcher.ts';
import { rankPrefix } from '../../records/names.ts';
import { modelInputOf, poolDefaults } from '../../schemas/index.ts';
import type { Dependencies } from '../dependencies.ts';

/** Folders of a process: one shared by all attempts of the job, one of this attempt. */
export interface ProcessFolder {
  shared: string;
  attempt: string;
}

/** What is launched: a command line that takes `--config FILE`, its environment and the file's content. */
export interface Program {
  argv: [string, ...string[]];
  env: { [name: string]: string };
  config: JsonObject;
  /** Nodes it runs on. Left out: one. */
  nodes?: number;
  /** What part of its work it does for each other step, from 0 to 1. Left out: all is for its own. */
  shares?: ReadonlyMap<ProcessStep, number>;
}

/** A node that a process works for, and the digests of what it reads. */
export interface ProcessStep {
  node: PlanNode;
  inputs: { [name: string]: Digest[] };
}

export interface ProcessNode extends ProcessStep {
  folder: ProcessFolder;
}

/**
 * A script of the trainer on as many processes as its pool has. One needs no torchrun, which would load torch a second time, and on
 * this machine none of its own: a process that has the libraries loaded copies itself.
 * The folders of torchrun go beside the attempt's logs: those it makes in the temporary folder it leaves behind. Several nodes meet where
 * the launcher says, under a name that each attempt has for itself, so that none meets what is left of an earlier one.
 */
export function inRanks(
  dependencies: Dependencies,
  { node, folder }: ProcessNode,
  { script, config }: { script: string; config: JsonObject },
): Program {
  const pool = poolOf(dependencies, node);
  const { launcher, processes, nodes = 1, stall_after } = pool;
  const alone = python(dependencies, script, { ...config, stall_after });
  const [interpreter, ...command] = alone.argv;
  if (processes * nodes === 1) return launcher === 'agents' && pool.nodes === undefined ? preloaded(dependencies, alone) : alone;
  const logs = join(folder.attempt, 'torchrun');
  const meeting = nodes === 1 ? ['--standalone'] : ['--nnodes', `${nodes}`, '--rdzv-id', basename(folder.attempt)];
  const flags = [...meeting, '--max-restarts', '0', '--log-dir', logs, '--tee', '3', '--nproc-per-node', `${processes}`];
  const argv: Program['argv'] = [interpreter, '-m', 'torch.distributed.run', ...flags, ...command];
  return { ...alone, argv, env: { ...alone.env, ...logged, OMP_NUM_THREADS: '1' }, nodes };
}

/** The pool that a node runs on; one that is not declared is this machine. */
function poolOf({ config }: Dependencies, { run }: PlanNode): Pool {
  return config.pools[run.pool] ?? poolDefaults;
}

/** A program in a copy of a process that has the libraries loaded; there is one for the store. */
function preloaded({ home, store }: Dependencies, { argv: [interpreter, ...command], env, config }: Program): Program {
  const argv: Program['argv'] = [interpreter, '-I', '-S', join(home, 'trainer', 'preloaded.py'), ...command];
  return { argv, env: { ...env, [preloadedMarker]: store.root }, config };
}

/** torchrun begins every line of a process with its rank. */
const logged = { TORCHELASTIC_LOG_LINE_PREFIX_TEMPLATE: rankPrefix('${rank}') };

/** A script of the trainer in one process. */
export function python(dependencies: Dependencies, script: string, config: JsonObject): Program {
  return { argv: [dependencies.python, join(dependencies.home, 'trainer', script)], env: environment, config };
}

/**
 * No process of ours asks a hub for anything, and tokenizers start no threads of their own. Threads of a computation wait for
 * each other in a short loop and then sleep: with the library's long loop a step takes nearly twice the time on a busy machine.
 */
const environment = { HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false', PYTHONUNBUFFERED: '1', GOMP_SPINCOUNT: '10000' };

/** What the trainer reads: the settings of the kind under their own names, and in `fixed` what the kind has no setting for. */
export async function trainConfig(dependencies: Dependencies, work: ProcessNode, fixed: JsonObject): Promise<JsonObject> {
  const pairs = await parquet(dependencies, work, 'pairs');
  return {
    ...processFiles(work),
    init: await initOf(dependencies, work),
    pairs: pairs.paths,
    prompt_format: pairs.promptFormat,
    keep: [],
    branch: null,
    ...work.node.settings,
    ...fixed,
    compile: poolOf(dependencies, work.node).compile,
    checkpoints: join(work.folder.shared, 'checkpoints'),
    output: join(work.folder.attempt, 'output'),
  };
}

/** Folder of the weights or of the checkpoint that a training starts from. */
async function initOf(dependencies: Dependencies, { node, inputs, folder }: ProcessNode): Promise<string> {
  const input = modelInputOf(node.kind);
  const [checkpoint] = inputs[input] ?? [];
  if (checkpoint) return layOut(dependencies, checkpoint, folder);
  const resource = node.resources[input];
  const weights = resource && dependencies.config.weights[resource.name];
  if (!weights) throw classified('invalid', `${node.id}: no weights named ${resource?.name ?? '(none)'} in the configuration`);
  return weights.path;
}

/** Comparisons of formulas at once, and the seconds of the processor that each may take. */
const comparisons = { processes: 2, timeout: 5 };

/** What the grader reads; `answers` is what the gold answers are. */
export async function gradeConfig(dependencies: Dependencies, work: ProcessNode, answers: Json): Promise<JsonObject> {
  const input = await parquet(dependencies, work, 'candidates');
  const output = join(work.folder.attempt, 'graded.parquet');
  return { ...processFiles(work), task: 'grade', answers, input: input.paths, ...comparisons, output };
}

/** Where a process writes its progress and its result. */
export function processFiles({ folder }: ProcessNode): JsonObject {
  return { format: 1, progress: join(folder.shared, 'progress.jsonl'), result: join(folder.attempt, 'result.json') };
}

async function parquet(
  { artifacts, store }: Dependencies,
  { inputs }: ProcessNode,
  input: string,
): Promise<{ paths: string[]; promptFormat: Json }> {
  const [digest] = inputs[input] ?? [];
  const { shards, meta } = await artifacts.readManifest(digest ?? '');
  return { paths: await Promise.all(shards.map((shard) => store.pathOf(shard.digest))), promptFormat: meta['prompt_format'] ?? null };
}

/**
 * An artifact of named files as a folder of links into the store. Each attempt has its own: a file that an earlier one linked to may
 * have been damaged since, and made again in the store.
 */
export async function layOut({ artifacts, store }: Dependencies, artifact: Digest, { attempt }: ProcessFolder): Promise<string> {
  const folder = join(attempt, 'inputs', artifact);
  await mkdir(folder, { recursive: true });
  const { shards } = await artifacts.readManifest(artifact);
  for (const { digest, name } of shards)
    await link(await store.pathOf(digest), join(folder, name ?? digest)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  return folder;
}
