import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { asyncLocalStorage, Context } from '@temporalio/activity';
import type { Info } from '@temporalio/activity';
import { ActivityCancellationDetails, noopMetricMeter } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';
import { onTestFinished } from 'vitest';
import type { Dependencies } from '../../activities/dependencies.ts';
import { chunk } from '../../activities/group/chunk.ts';
import { closeGroup } from '../../activities/group/close.ts';
import { openGroup } from '../../activities/group/open.ts';
import { createMachine, createMeters } from '../../activities/index.ts';
import { works } from '../../activities/kinds/index.ts';
import { knownInputs, lookup, partsOf } from '../../activities/run/lookup.ts';
import { openPlan } from '../../activities/run/plan-table.ts';
import { step } from '../../activities/run/step.ts';
import { workOf } from '../../activities/works.ts';
import { unitInputOf } from '../../activities/run/unit-input.ts';
import { createArtifacts, createModelServers, createSandbox, openFileStore } from '../../adapters/index.ts';
import { createArchives, createGithub, createRepositories, createTables } from '../../adapters/sources/index.ts';
import { onlyNode, unitsOf } from '../../plan/index.ts';
import type { Above, Digest, NodeSummary, Plan, Unit, UnitSummary, Worked } from '../../plan/index.ts';
import type { GithubAccess } from '../../ports/configuration.ts';
import type { Artifacts, Manifest, Row } from '../../ports/artifacts.ts';
import type { ProcessResult } from '../../ports/launcher.ts';
import type { Store } from '../../ports/store.ts';
import { keepPlan } from '../../records/plan.ts';
import { checkPlan, checkSubmission, compile, readTemplate } from '../../compile/index.ts';
import { config, planOf } from '../compile/rig.ts';
import { answer, scriptEndpoint } from '../adapters/endpoints/scripted-endpoint.ts';
import { endpointDefaults } from '../../schemas/index.ts';
import type { Act, Body } from '../adapters/endpoints/scripted-endpoint.ts';

const home = join(import.meta.dirname, '..', '..');

/** A store, a source folder `python-stdlib`, and an endpoint `remote` that plays the acts. */
export interface Workbench {
  store: Store;
  artifacts: Artifacts;
  folder: string;
  /** Bodies of the requests that the endpoint got. */
  asked: Body[];
  /** Does the work of every step of a pipeline, as a worker does it, and gives what each step made. */
  run(pipeline: string): Promise<UnitSummary>;
  /** The manifest of what a step made. */
  manifest(made: NodeSummary | undefined, output?: string): Promise<Manifest>;
  /** All rows of what a step made. */
  rows(made: NodeSummary | undefined, output?: string): Promise<Row[]>;
}

export interface WorkbenchOptions {
  /** Files of the source by their path. */
  files?: { [path: string]: string | Uint8Array };
  /** The file among them that is the source itself. Left out: their folder is. */
  declared?: string;
  /** What the endpoint does with one request after another. */
  acts?: Act[];
  /** Settings of the endpoint. */
  endpoint?: Partial<typeof endpointDefaults>;
  /** Where GitHub is. Left out: nowhere. */
  github?: GithubAccess;
  /** Program of the sandbox. */
  bubblewrap?: string;
}

export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { files = {}, declared = '', acts = [], endpoint: settings = {}, github = config.github, bubblewrap = 'bwrap' } = options;
  const root = await mkdtemp(join(tmpdir(), 'codepmp-workbench-'));
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  const folder = join(root, 'source');
  await mkdir(folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const endpoint = await scriptEndpoint(...acts);
  onTestFinished(() => endpoint.close());
  const dependencies = {
    ...(await dependenciesIn(root, { folder: join(folder, declared), url: endpoint.url, settings, github })),
    sandbox: createSandbox({ bubblewrap, python: join(home, '.setup', 'python', 'bin', 'python') }),
  };
  const { store, artifacts } = dependencies;
  let runs = 0;
  const outOf = (made: NodeSummary | undefined, output = 'out'): Digest => made?.outputs[output] ?? '';
  return {
    store,
    artifacts,
    folder,
    asked: endpoint.bodies,
    run: (pipeline) => asActivity(() => runAll(dependencies, planOf(pipeline), `execution ${++runs}`)),
    manifest: (made, output) => artifacts.readManifest(outOf(made, output)),
    rows: async (made, output) => {
      const rows: Row[] = [];
      for await (const row of artifacts.rows(outOf(made, output))) rows.push(row);
      return rows;
    },
  };
}

async function dependenciesIn(
  root: string,
  { folder, url, settings, github }: { folder: string; url: string; settings: Partial<typeof endpointDefaults>; github: GithubAccess },
): Promise<Dependencies> {
  const store = await openFileStore({ root: join(root, 'store') });
  const remote = { url, model: 'm', identity: null, ...endpointDefaults, concurrency: 4, outage: 0, tries: 1, ...settings };
  const endpoints = { remote };
  const servers = createModelServers({ endpoints, python: 'python', logs: root, pauses: { first: 1, most: 1 } });
  onTestFinished(() => servers.stop());
  return {
    store,
    artifacts: createArtifacts(store),
    tables: createTables(),
    archives: createArchives(),
    repositories: createRepositories({ pauses: [1, 1] }),
    openGithub: createGithub({ access: github, second: 5, warn: () => undefined }),
    servers,
    machine: createMachine(),
    meters: createMeters(store),
    config: { ...config, sources: { 'python-stdlib': { path: folder } }, endpoints },
    home,
    compiler: { checkPlan, checkSubmission, readTemplate, compile: (options) => Promise.resolve(compile(options)) },
    python: join(home, '.setup', 'python', 'bin', 'python'),
  } as Partial<Dependencies> as Dependencies;
}

/** Runs work in the context that a worker gives an attempt of an activity; `cancelled` is the signal that its run was cancelled. */
export function asActivity<T>(work: () => Promise<T>, attempt = 1, cancelled = new AbortController().signal): Promise<T> {
  const info = { attempt, workflowExecution: { workflowId: 'unit', runId: 'execution' } } as Info;
  const never = new Promise<never>(() => undefined);
  const details: { details?: ActivityCancellationDetails } = {};
  const context = new Context(
    info,
    never,
    cancelled,
    () => undefined,
    undefined,
    new DefaultLogger('ERROR'),
    noopMetricMeter,
    details,
  );
  cancelled.addEventListener('abort', () => (details.details = new ActivityCancellationDetails({ cancelRequested: true })));
  return asyncLocalStorage.run(context, work);
}

async function runAll(dependencies: Dependencies, plan: Plan, execution: string): Promise<UnitSummary> {
  const digest = await keepPlan(dependencies.store, plan);
  const made: UnitSummary = {};
  for (const [index, unit] of unitsOf(plan).entries())
    Object.assign(made, await runUnit(dependencies, { digest, index, unit, made, execution }));
  return made;
}

interface UnitOfPlan {
  digest: Digest;
  index: number;
  unit: Unit;
  made: UnitSummary;
  execution: string;
}

async function runUnit(dependencies: Dependencies, { digest, index, unit: { id }, made, execution }: UnitOfPlan): Promise<UnitSummary> {
  const { store } = dependencies;
  const where = { store, run: 'run', started: 1 };
  const above: Above = { made, skipped: {} };
  const [found] = await lookup(dependencies)({ run: 'run', started: 1, plan: digest, units: [{ index, above }], delta: null });
  if (!found) throw new Error(`${id} was not looked up`);
  const { unit } = await unitInputOf(await openPlan(store, digest), { index, above }, where);
  const work = { unit, parts: partsOf(unit, found.looked), key: found.key };
  if (unit.group) return runGroup(dependencies, work, execution);
  if (unit.nodes[0]?.shape === 'process') return runProgram(dependencies, work);
  return { [unit.nodes[0]?.id ?? '']: await step(dependencies, works)({ ...work, attempt: '1', started: Date.now() }) };
}

type Work = Parameters<ReturnType<typeof openGroup>>[0];

async function runGroup(dependencies: Dependencies, work: Work, execution: string): Promise<UnitSummary> {
  const { table, chunks } = await openGroup(dependencies)(work);
  const worked: { [node: string]: Worked } = {};
  for (let index = 0; index < chunks; index++) {
    const upstream: { [node: string]: Digest } = {};
    for (const { id } of work.unit.nodes) {
      const { shard, ...done } = await chunk(dependencies, works)({ ...work, table, node: id, chunk: index, upstream, execution });
      upstream[id] = shard;
      worked[id] = done;
    }
  }
  return closeGroup(dependencies, works)({ ...work, table, worked });
}

/** The program of a process and what is made of its result; nothing supervises it. */
async function runProgram(dependencies: Dependencies, { unit }: Work): Promise<UnitSummary> {
  const node = onlyNode(unit);
  const attempt = await mkdtemp(join(tmpdir(), 'codepmp-program-'));
  onTestFinished(() => rm(attempt, { recursive: true, force: true }));
  const process = { node, inputs: knownInputs(node, unit, {}) ?? {}, folder: { shared: attempt, attempt } };
  const work = workOf(works, node, 'process');
  const program = await work.program(dependencies, process, []);
  if (!program) throw new Error(`${node.id} launches nothing`);
  const [command, ...args] = program.argv;
  const file = join(attempt, 'config.json');
  await writeFile(file, JSON.stringify(program.config));
  await promisify(execFile)(command, [...args, '--config', file]);
  const result = JSON.parse(await readFile(join(attempt, 'result.json'), 'utf8')) as ProcessResult;
  return { [node.id]: { outputs: await work.collect(dependencies, { ...process, result }) } as NodeSummary };
}

/** Answers each request by what the model is told, with the finish reason `stop` where there is none. */
export function answerBy(say: (told: string, nth: number) => string | { text: string; finish_reason: string }): Act {
  let asked = 0;
  return (response, request, body) => {
    const told = (body['messages'] as { content: string }[]).map(({ content }) => content).join('\n\n');
    const said = say(told, asked++);
    const { text, finish_reason } = typeof said === 'string' ? { text: said, finish_reason: 'stop' } : said;
    answer(text, { finish_reason })(response, request, body);
  };
}
