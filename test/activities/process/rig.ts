import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { createMachine, createMeters } from '../../../activities/index.ts';
import type { Program } from '../../../activities/process/programs.ts';
import { runProcess } from '../../../activities/process/run.ts';
import type { ProcessWork } from '../../../activities/works.ts';
import { createModelServers } from '../../../adapters/index.ts';
import { openFileStore } from '../../../adapters/store/file.ts';
import { hashOf } from '../../../plan/keys.ts';
import { jobFolder, jobName } from '../../../records/names.ts';
import { config, planOf } from '../../compile/rig.ts';
import { openLauncher, type LauncherRig } from '../../adapters/launchers/rig.ts';
import { asActivity } from '../rig.ts';

export const python = join(import.meta.dirname, '..', '..', '..', '.setup', 'python', 'bin', 'python');
const [node = expect.fail()] = planOf(`codepmp: 1
name: once
steps:
  data: {uses: dataset/arithmetic, with: {train: 60, test: 24, choices: 8, questions: 4, seed: 3}}
`).nodes;
const key = hashOf({ step: node.id });

/** A step whose process runs a program that makes nothing, on a pool of its own. */
export async function openStep(argv: Program['argv'], { agents }: Pick<LauncherRig, 'agents'> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'codepmp-process-'));
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  const rig = { root: join(root, 'store'), ...(agents && { agents }) };
  const store = await openFileStore(rig);
  const pool = { launcher: await openLauncher(rig), machine: createMachine({ pause: 0 }) };
  const servers = createModelServers({ endpoints: {}, python, logs: root });
  const parts: Partial<Dependencies> = { store, servers, pools: () => pool, machine: pool.machine, meters: createMeters(store), config };
  const work: ProcessWork = { shape: 'process', program: async () => ({ argv, env: {}, config: {} }), collect: () => expect.fail() };
  const run = runProcess(parts as Dependencies, { [node.kind]: work });
  const unit = { id: node.id, pipeline: 'once', nodes: [node], group: false, inputs: { [node.id]: {} }, sources: {}, titles: {}, missing: {} };
  return {
    ...pool,
    store,
    key,
    ref: { job: jobName(key), attempt: '1' },
    /** Folder of its first attempt. */
    folder: join(jobFolder(store, key), '1'),
    /** Does the work of the step as a worker does it, until the program has ended without a result; the failure. */
    fail: (cancelled?: AbortSignal): Promise<unknown> =>
      asActivity(() => run({ unit, parts: {}, key, attempt: '1', started: 0 }), 1, cancelled).catch((error: unknown) => error),
  };
}
