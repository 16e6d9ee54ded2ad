import type { ClaimVerdict } from './claims.ts';
import type { Digest, JsonObject } from '../json.ts';
import type { BudgetCaps, ParamValues, Plan, PlanNode, RunSettings, Shape } from '../plan.ts';
import type { TokenPrices } from './money.ts';
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
  /** Texts of the files it extends, by path, relative to the same folder as `file`; no other file is read. */
  files?: { [path: string]: string } | undefined;
}

/** Options of a submission that come as a second argument. */
export interface PipelineSettings {
  set?: ParamValues;
  /** Only the cells of these sweeps; an empty list: no sweep, the one cell of the defaults. */
  sweeps?: string[] | undefined;
  /** Only the cells with these values. */
  cell?: ParamValues | undefined;
  /** A trial of the whole pipeline on so many items. */
  sample?: number | undefined;
  /**
   * What happens when a node has used up its budget: `fail` (default) ends the run, `park` continues with the rest and waits for a
   * decision.
   */
  on_failure?: 'park' | 'fail';
  /** Ids of nodes whose recorded results and paid answers are not used: they run again in this run. */
  again?: string[];
  /** Events of its history after which the root continues as a new execution; default 8,000. */
  events?: number;
}

export interface CompileInput {
  run: string;
  /** When the run began, since a name may be reused. */
  started: number;
  input: Omit<PipelineInput, 'spec'>;
  settings: PipelineSettings;
}

/** A compiled submission; the plan itself stays in the store. */
export interface CompileOutput {
  name: string;
  /** Digest of the frozen plan in the store. */
  digest: Digest;
  /** Id of the store, the first part of the ids of node workflows. */
  store: string;
  budget: BudgetCaps;
  /** The GPUs that a process holds, for every declared pool. */
  gpus: { [pool: string]: number };
  /** The price of a GPU-hour on a pool, and of a million tokens of an endpoint; without a price it is left out. */
  prices: { pools: { [pool: string]: number }; endpoints: TokenPrices };
}

/** A unit, as the root workflow has it. */
export interface UnitRow {
  id: string;
  nodes: { id: string; kind: string; pool: string | null }[];
  group: boolean;
  /** Indices in the table of the units it reads from. */
  needs: number[];
}

export interface UnitPage {
  units: UnitRow[];
  /** Index at which the next page begins; null after the last. */
  next: number | null;
}

/** What a finished node made, as far as later nodes need it. */
export interface Made {
  key: Digest;
  outputs: { [output: string]: Digest };
}

/** The nodes above a unit: what they made, or why they were skipped. */
export interface Above {
  made: { [node: string]: Made };
  skipped: { [node: string]: string };
}

/** A ready unit with what it reads; its nodes are in the plan. */
export interface UnitRef {
  /** Index in the plan's table of units. */
  index: number;
  /** null: too many for a message; they are read from the run's record. */
  above: Above | null;
  /** Changes of `run:` that a decision has made. */
  run?: Partial<RunSettings>;
  /** The nodes that a decision has left out, and why. */
  without?: { [node: string]: string };
  /** Ids of its nodes whose recorded results and paid answers are not used. */
  again?: string[];
  /** A reader of the unit has met a missing or damaged file: every file of its results is checked. */
  check?: true;
}

/** A unit whose inputs all exist. */
export interface UnitInput {
  id: string;
  /** Name of the pipeline. */
  pipeline: string;
  nodes: PlanNode[];
  group: boolean;
  /** Node id → input name → digests; inputs made inside the group are left out. */
  inputs: { [node: string]: { [name: string]: Digest[] } };
  /** The nodes outside the unit that it reads from. */
  sources: { [node: string]: { key: Digest } & SourceNode };
  /** The inputs that were skipped, by node: its title, and why. */
  missing: { [node: string]: { title: string; why: string } };
}

/** The state of a run: everything but its units, and the units that changed since it was last recorded. */
export interface RunDelta {
  head: Omit<RunProgress, 'units'>;
  changed: UnitProgress[];
}

export interface LookupInput {
  run: string;
  /** When the run began, since a name may be reused. */
  started: number;
  plan: Digest;
  units: UnitRef[];
  /** Recorded first; null if nothing needs to be recorded. */
  delta: RunDelta | null;
}

/** What the store has of a unit: its key, and the existing results of its nodes. */
export interface UnitFound {
  index: number;
  /** Result key K of a node, or the id of a group. */
  key: Digest;
  /**
   * The nodes that are left out, and why: by decision, or because what they read was. If all are, the rest is empty; absent: none
   * are.
   */
  left?: { [node: string]: string };
  /** Parts that are known only when a unit is reached, by node: a source's content. */
  looked: { [node: string]: JsonObject };
  results: { [node: string]: NodeSummary };
  /** The most model calls of its work; absent: none. */
  calls?: number;
  /** What those may cost, if no prompt is longer than its answer may be; absent: nothing. */
  money?: number;
}

/** A result without what only the store needs. */
export type NodeSummary = Pick<
  NodeResult,
  'key' | 'outputs' | 'calls' | 'prompt_tokens' | 'completion_tokens' | 'training_steps' | 'seconds' | 'warning'
> & {
  /** The run that pays for the execution that made it; absent: each that waits for it. */
  payer?: string;
};

/** Summaries by node id. */
export interface UnitSummary {
  [node: string]: NodeSummary;
}

/** Work on a unit. The unit itself is in the store, so that not every message has to carry it. */
export interface WorkInput {
  /** Digest of the unit and of the parts of its keys. */
  work: Digest;
  key: Digest;
}

/** A node, as its workflow has it: where its work goes, how often it is retried, what it waits for. */
export interface WorkNode {
  id: string;
  kind: string;
  shape: Shape;
  run: RunSettings;
  /** The endpoint of the model it calls; null: it calls none. */
  endpoint: string | null;
  /** Model calls for each item, and the most tokens of an answer. */
  calls: number;
  tokens: number;
  /** Several workers may do it together; absent: one does it. */
  together?: true;
  /** The members of its group that it reads. */
  reads: string[];
}

/** Input of the node workflows `job` and `group`, started by `awaitNode`; their result is a `UnitSummary`. */
export interface NodeInput extends WorkInput {
  nodes: WorkNode[];
  /** The model calls that the budget of the run leaves for it; absent: as many as it needs. */
  calls?: number;
  /** The money that the budget of the run leaves for its calls, and what they cost; absent: as much as it needs. */
  money?: { left: number; prices: TokenPrices };
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
  /** An earlier execution of the run may have started it; absent: none has. */
  begun?: true;
  /** As in `NodeInput`. An execution started by another run has the budget of that run. */
  calls?: number;
  money?: NonNullable<NodeInput['money']>;
}

/** A decision about a parked node, or with `*` about a run that has reached a cap of its budget. */
export interface Decision {
  /** Id of a node or a unit; `*` for the run. */
  node: string;
  decision: 'retry' | 'skip' | 'fail';
  /** With retry: other settings of `run:`. */
  run?: Partial<RunSettings>;
  /** The pool in `run`, as the configuration declares it now: it may have been declared after the run began. */
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

/** The chunks of a group: the table in the store, the number of its rows, and the items in the largest chunk. */
export interface OpenedGroup {
  table: Digest;
  chunks: number;
  items: number;
}

export interface ShardInput extends NodeInput {
  /** The first execution of the group, which pays for the answers; absent: the one that started the shard. */
  execution?: string;
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
  /** The first execution of the node workflow, which pays for the answers: it identifies them, so that calls are counted once. */
  execution: string;
  /** The most model calls that this execution may make for it; absent: as many as it needs. */
  most?: number;
  /** The money after which this execution sends no more calls for it; absent: it may cost what it needs. */
  money?: number;
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
