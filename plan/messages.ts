import type { Digest, JsonObject } from './json.ts';
import type { ParamValues, Plan, PlanNode } from './plan.ts';
import type { NodeResult, RunProgress } from './results.ts';

/** What starts a pipeline besides bare YAML bytes: a specification in YAML, or a plan made before. */
export interface PipelineInput {
  spec?: string;
  plan?: Plan;
  /** Values of params, as `--set name=value` gives them. */
  set?: { [param: string]: string | number | boolean };
  /** Name of the file, for diagnostics. */
  file?: string;
  /** Texts of the files it extends, by their path from where `file` is counted: no other file is read. */
  files?: { [path: string]: string };
}

/** Options of a submission that come as a second argument. */
export interface PipelineSettings {
  set?: { [param: string]: string | number | boolean };
  /** Only the cells of these sweeps; an empty list: no sweep, the one cell of the defaults. */
  sweeps?: string[];
  /** Only the cells with these values. */
  cell?: ParamValues;
  /** A trial of the whole pipeline on so many items. */
  sample?: number;
}

export interface CompileInput {
  run: string;
  input: Omit<PipelineInput, 'spec'>;
  settings: PipelineSettings;
}

export interface CompileOutput {
  plan: Plan;
  /** Digest of the frozen plan in the store. */
  digest: Digest;
  /** Id of the store, first part of the ids of node workflows. */
  store: string;
  warnings: string[];
}

/** A unit whose inputs are all there. */
export interface UnitInput {
  id: string;
  /** Name of the pipeline. */
  pipeline: string;
  nodes: PlanNode[];
  group: boolean;
  /** Node id → input name → digests; inputs made inside the group are left out. */
  inputs: { [node: string]: { [name: string]: Digest[] } };
  /** The nodes outside that it reads from: their result keys, and what they read themselves. */
  sources: { [node: string]: { key: Digest; inputs: PlanNode['inputs'] } };
  /** What people call the nodes above and those that these read, where it is not the id. */
  titles: { [node: string]: string };
}

export interface LookupInput {
  units: UnitInput[];
  /** The run as it stands, kept in the store so that it outlives the server. */
  progress: RunProgress;
}

/** What the store knows of a unit: its key, and the results of its nodes that are there already. */
export interface UnitFound {
  id: string;
  /** Result key K of a node, or the id of a group. */
  key: Digest;
  /** Hashed parts by node, recorded with the result. */
  parts: { [node: string]: JsonObject };
  results: { [node: string]: NodeResult };
}

/** Input of the node workflows `job` and `group`, started by `awaitNode`. */
export interface NodeInput {
  unit: UnitInput;
  key: Digest;
  parts: { [node: string]: JsonObject };
}

/** Result of a node workflow: results by node id. */
export type NodeOutput = { [node: string]: NodeResult };

export interface AwaitInput {
  workflow: 'job' | 'group';
  workflowId: string;
  input: NodeInput;
}

/** One attempt of a job: a real failure makes a new attempt, a lost worker does not. */
export interface JobInput extends NodeInput {
  attempt: string;
  /** Start of the node workflow, milliseconds since the epoch. */
  started: number;
}

/** Chunks of a group: a table in the store and how many rows it has. */
export interface OpenedGroup {
  table: Digest;
  chunks: number;
}

export interface ShardInput extends NodeInput {
  table: Digest;
  from: number;
  to: number;
}

/** One member's work on one chunk. `upstream` holds the output shards of members inside the group. */
export interface ChunkInput extends NodeInput {
  node: string;
  table: Digest;
  chunk: number;
  upstream: { [node: string]: Digest };
  /** The node workflow that pays for the answers, so that calls are counted once. */
  execution: string;
}

export interface ChunkOutput {
  shard: Digest;
  /** Calls paid for by this execution in this chunk, by endpoint. */
  calls: { [endpoint: string]: number };
}

export interface CloseInput extends NodeInput {
  table: Digest;
  calls: { [node: string]: { [endpoint: string]: number } };
  started: number;
}

export interface FinishInput {
  progress: RunProgress;
  /** The report's artifact, if the pipeline has one. */
  report: Digest | null;
}

export interface FinishOutput {
  report: string | null;
}
