import type { ClaimVerdict } from './claims.ts';
import type { Digest, JsonObject } from '../json.ts';
import type { BudgetCaps, ParamValues, Plan, PlanNode, RunSettings, Shape } from '../plan.ts';
import type { NodeResult, RunProgress, UnitProgress, Worked } from './results.ts';
import type { SourceNode } from '../sources.ts';

/** What starts a pipeline besides bare YAML bytes: a specification in YAML, or a plan, alone or with the text it was made from. */
export interface PipelineInput {
  spec?: string;
  /** The plan, or its digest in the store of the worker. */
  plan?: Plan | Digest;
  /** Values of params, as `--set name=value` gives them. */
  set?: ParamValues;
  /** Name of the file, for diagnostics. */
  file?: string;
  /** Texts of the files it extends, by their path from where `file` is counted: no other file is read. */
  files?: { [path: string]: string };
}

/** Options of a submission that come as a second argument. */
export interface PipelineSettings {
  set?: ParamValues;
  /** Only the cells of these sweeps; an empty list: no sweep, the one cell of the defaults. */
  sweeps?: string[];
  /** Only the cells with these values. */
  cell?: ParamValues;
  /** A trial of the whole pipeline on so many items. */
  sample?: number;
  /**
   * What happens when a node has spent its budget: `fail` (default) ends the run, `park` goes on with the rest and waits for a
   * decision.
   */
  on_failure?: 'park' | 'fail';
  /** Ids of nodes whose recorded results and paid answers are not taken: they run again in this run. */
  again?: string[];
  /** Events of its history after which the root goes on as a new execution; default 8,000. */
  events?: number;
}

export interface CompileInput {
  run: string;
  /** When the run began: a name may be used again. */
  started: number;
  input: Omit<PipelineInput, 'spec'>;
  settings: PipelineSettings;
}

/** A compiled submission: small, because the plan stays in the store. */
export interface CompileOutput {
  name: string;
  /** Digest of the frozen plan in the store. */
  digest: Digest;
  /** Id of the store, first part of the ids of node workflows. */
  store: string;
  budget: BudgetCaps;
  /** Every declared pool, with the GPUs that a process on it holds. */
  gpus: { [pool: string]: number };
  /** Of a GPU-hour on a pool, and of a million tokens of an endpoint; what has no price is left out. */
  prices: { pools: { [pool: string]: number }; endpoints: { [endpoint: string]: { input: number; output: number } } };
}

/** A unit as the root knows it. */
export interface UnitRow {
  id: string;
  nodes: { id: string; kind: string; pool: string | null }[];
  group: boolean;
  /** Places in the table of the units it reads from. */
  needs: number[];
}

export interface UnitPage {
  units: UnitRow[];
  /** Where the next page begins; null after the last. */
  next: number | null;
}

/** What a finished node made, as far as what follows needs it. */
export interface Made {
  key: Digest;
  outputs: { [output: string]: Digest };
}

/** The nodes above a unit: what they have made, and why those are missing that it goes on without. */
export interface Above {
  made: { [node: string]: Made };
  skipped: { [node: string]: string };
}

/** A unit that is ready, with what it reads; its nodes stand in the plan. */
export interface UnitRef {
  /** Place in the plan's table of units. */
  index: number;
  /** null: more than a message holds, they are read from the run's record. */
  above: Above | null;
  /** Changes of `run:` that a decision has made. */
  run?: Partial<RunSettings>;
  /** Its nodes that a decision has left out, and why. */
  without?: { [node: string]: string };
  /** Ids of its nodes whose recorded results and paid answers are not taken. */
  again?: string[];
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
  /** The nodes outside that it reads from. */
  sources: { [node: string]: { key: Digest } & SourceNode };
  /** The nodes that it goes on without, what people call them, and why. */
  missing: { [node: string]: { title: string; why: string } };
}

/** How a run stands: everything but its units, and the units that changed since it was last written down. */
export interface RunDelta {
  head: Omit<RunProgress, 'units'>;
  changed: UnitProgress[];
}

export interface LookupInput {
  run: string;
  /** When the run began: a name may be used again. */
  started: number;
  plan: Digest;
  units: UnitRef[];
  /** Written down first; null where nothing worth writing has changed. */
  delta: RunDelta | null;
}

/** What the store knows of a unit: its key, and the results of its nodes that are there already. */
export interface UnitFound {
  index: number;
  /** Result key K of a node, or the id of a group. */
  key: Digest;
  /**
   * Its nodes that are left out, and why: by decision, or because they read what was. Where all are, the rest is empty;
   * absent: none is.
   */
  left?: { [node: string]: string };
  /** Parts that are looked at when a unit is reached, by node: a source's content. */
  looked: { [node: string]: JsonObject };
  results: { [node: string]: NodeSummary };
  /** Model calls that its work takes at most; absent: none. */
  calls?: number;
}

/** A result without what only the store needs. */
export type NodeSummary = Pick<
  NodeResult,
  'key' | 'outputs' | 'calls' | 'prompt_tokens' | 'completion_tokens' | 'training_steps' | 'seconds' | 'warning'
>;

/** Summaries by node id. */
export interface UnitSummary {
  [node: string]: NodeSummary;
}

/** Work on a unit. What it is lies in the store, because every message about it would have to carry it. */
export interface WorkInput {
  /** Digest of the unit and of the parts of its keys. */
  work: Digest;
  key: Digest;
}

/** A node as its workflow sees it: where its work goes, how often it is tried, what it waits for. */
export interface WorkNode {
  id: string;
  kind: string;
  shape: Shape;
  run: RunSettings;
  /** Of the model that it calls; null: it calls none. */
  endpoint: string | null;
  /** Model calls for each item. */
  calls: number;
  /** Members of its group that it reads. */
  reads: string[];
}

/** Input of the node workflows `job` and `group`, started by `awaitNode`; their result is a `UnitSummary`. */
export interface NodeInput extends WorkInput {
  nodes: WorkNode[];
  /** Model calls that the budget of the run leaves for it; absent: as many as it takes. */
  calls?: number;
}

export interface AwaitInput {
  run: string;
  /** When the run began. */
  started: number;
  plan: Digest;
  unit: UnitRef;
  store: string;
  key: Digest;
  looked: UnitFound['looked'];
  /** As in `NodeInput`. An execution that another run has started goes by the budget of that run. */
  calls?: number;
}

/** A decision about a parked node, or with `*` about a run that has reached a cap of its budget. */
export interface Decision {
  /** Id of a node or a unit; `*` for the run. */
  node: string;
  decision: 'retry' | 'skip' | 'fail';
  /** With retry: other settings of `run:`. */
  run?: Partial<RunSettings>;
  /** What the configuration says of the pool in `run` now: it may have been declared after the run began. */
  pool?: { gpus: number; price?: number };
  /** With `*`: other caps. */
  budget?: Partial<BudgetCaps>;
}

/** One attempt of a job: a real failure makes a new attempt, a lost worker does not. */
export interface JobInput extends WorkInput {
  attempt: string;
  /** Start of the node workflow, milliseconds since the epoch. */
  started: number;
}

/** Chunks of a group: a table in the store, how many rows it has, and the items in the largest chunk. */
export interface OpenedGroup {
  table: Digest;
  chunks: number;
  items: number;
}

export interface ShardInput extends NodeInput {
  table: Digest;
  /** Items in the largest chunk. */
  items: number;
  from: number;
  to: number;
}

/** One member's work on one chunk. `upstream` holds the output shards of members inside the group. */
export interface ChunkInput extends WorkInput {
  node: string;
  table: Digest;
  chunk: number;
  upstream: { [node: string]: Digest };
  /** The node workflow that pays for the answers, so that calls are counted once. */
  execution: string;
  /** Model calls that this execution may make for it at most; absent: as many as it takes. */
  most?: number;
}

/** An output shard, and the work of this execution on the chunk. */
export interface ChunkOutput extends Worked {
  shard: Digest;
}

export interface CloseInput extends WorkInput {
  table: Digest;
  worked: { [node: string]: Worked };
}

export interface FinishInput {
  delta: RunDelta;
  plan: Digest | null;
}

export interface FinishOutput {
  report: string | null;
  claims?: ClaimVerdict[];
}
