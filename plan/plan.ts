import type { PlanEstimate } from './estimate.ts';
import type { Digest, JsonObject } from './json.ts';
import type { PlanView } from './views.ts';

/** What an artifact holds. A step's output has one type; a step that takes an artifact names the types it accepts. */
export type ArtifactType =
  | 'corpus'
  | 'ranked'
  | 'prompts'
  | 'responses'
  | 'pairs'
  | 'questions'
  | 'choices'
  | 'candidates'
  | 'graded'
  | 'checkpoint'
  | 'metrics'
  | 'report';

/**
 * How a node runs: `step` is one short activity; `map` treats items one by one and is streamed chunk by chunk inside a
 * group; `process` launches a program on a pool and supervises it.
 */
export type Shape = 'step' | 'map' | 'process';

/** The artifact a node reads: an output of another node. The output of a single-output kind is called `out`. */
export interface InputRef {
  node: string;
  output: string;
}

/** A model as one step calls it: everything here decides the answers and is part of the keys. */
export interface ModelUse {
  /** Name in the pipeline's `models`. */
  name: string;
  /** Name of the endpoint in the operator's configuration; where the calls go. */
  endpoint: string;
  /** Weights digest the operator declared, or `<base URL>#<model>` without one. */
  identity: string;
  sampling: {
    temperature: number;
    top_p: number;
    top_k: number;
    min_p: number;
    max_tokens: number;
    /** Further fields of the request, as the pipeline has them. */
    extra_body?: JsonObject;
  };
  /** Finish reasons that make an answer whole. */
  accept: string[];
  stop: string[];
}

/** What a model is given: messages of a chat, or a text that it goes on with. */
export type ModelInput = { messages: { role: 'system' | 'user' | 'assistant'; content: string }[] } | { prompt: string };

/** A named thing of the operator's configuration that a step reads: a source folder or base weights. */
export interface ResourceUse {
  name: string;
  /** Content digest the operator declared; null when the content is looked at when the step is reached. */
  identity: string | null;
}

/** Where and how a step runs; never part of a key. */
export interface RunSettings {
  /** Pool of the operator's configuration that process nodes run on. */
  pool: string;
  /** Items in a chunk of a map node; null: chosen from the number of items. */
  chunk: number | null;
  /** How often a failure of each class is tried again before the node fails. */
  budget: { [failureClass: string]: number };
}

/** A value of a param. */
export type Scalar = string | number | boolean;

/** Params by name with the values of one cell. */
export interface ParamValues {
  [param: string]: Scalar;
}

/** One unit of work with a key. `settings` are canonical: every default filled in, no inputs, no models. */
export interface PlanNode {
  /** The id of the step, and behind `@` the first digits of the key where the step has several nodes. */
  id: string;
  /** The id of the step in the pipeline; of the first one, where steps of several names are the same work. */
  step: string;
  /** The params, of those that vary over the cells, that decide this node; empty where the step has one node. */
  label: ParamValues;
  /** The `uses` of its step. */
  kind: string;
  /** Version of the kind; a new version is another key. */
  version: number;
  shape: Shape;
  /** Plan key P: hash of kind, version, settings, models, resources and the inputs' plan keys. */
  key: Digest;
  settings: JsonObject;
  /** Input name → artifacts, in the order written. */
  inputs: { [name: string]: InputRef[] };
  /** Output name → artifact type. */
  outputs: { [name: string]: ArtifactType };
  /** Role (for example `model`) → model. */
  models: { [role: string]: ModelUse };
  resources: { [setting: string]: ResourceUse };
  run: RunSettings;
  /** The tables and figures that a report shows, in the order of the file. Left out: it has none, or is no report. */
  views?: PlanView[];
  /** Place of the step, 1-based; `file` where it is not the file that was submitted. */
  at: { file?: string; line: number; column: number };
}

/** One point of the sweeps: a value for every param. A file without sweeps is one cell. */
export interface PlanCell {
  /** Hash of the values; the same values are the same cell, wherever they are written. */
  id: string;
  /** Names of the sweeps it belongs to; none in a file without sweeps. */
  sweeps: string[];
  values: ParamValues;
  /** Step → id of the node that does its work in this cell; steps that nothing needs there are left out. */
  nodes: { [step: string]: string };
}

/** Measurements of one step in the cells that a selector matches. */
export interface ClaimNodes {
  /** Metrics nodes: in one list those of cells that differ in the param `seed` alone. */
  cells: string[][];
  /** Which N of a Best-of-N figure; null for metrics that have none. */
  n: number | null;
}

/** One side of a comparison: the mean of its measurements, or that minus the mean of others. */
export interface ClaimSide extends ClaimNodes {
  /** In words, as `bon at N=256 (init=pmp, rm_pairs=500)`. */
  text: string;
  minus?: ClaimNodes;
}

/** One comparison of a claim. */
export interface PlanComparison {
  /** What it is about, of the params that the claim is about each value of. */
  where: ParamValues;
  of: ClaimSide;
  /** What it is compared with: another side, or a number. */
  to: ClaimSide | number;
}

/** A sentence over metrics that is checked when they are there. */
export interface PlanClaim {
  id: string;
  /** Name of the value inside the metrics, for example `accuracy`. */
  metric: string;
  /** The sentence in words. */
  text: string;
  relation: 'above' | 'below' | 'near';
  /** Least difference that counts; for `near` the largest that still counts as none. */
  margin: number;
  confidence: number;
  /**
   * What the claim is about: `training` is the method, which another seed would give other models, `items` the very models that
   * were measured.
   */
  over: 'training' | 'items';
  /** All of them have to hold. */
  comparisons: PlanComparison[];
  at: { file?: string; line: number; column: number };
}

/** What a run may spend before it parks; null: no limit. */
export interface BudgetCaps {
  calls: number | null;
  gpu_hours: number | null;
  money: number | null;
}

/** Map nodes over the same origins that are streamed together, chunk by chunk. */
export interface PlanGroup {
  /** Ids of the members in topological order. */
  members: string[];
  /** The artifact whose items are the origins; made outside the group. */
  source: InputRef;
}

/** Version of the format of plans. */
export const planVersion = 4;

/** What the compiler hands to the workflows: plain JSON, frozen for a run by its digest. */
export interface Plan {
  version: typeof planVersion;
  name: string;
  cells: PlanCell[];
  /** Topological order. */
  nodes: PlanNode[];
  groups: PlanGroup[];
  claims: PlanClaim[];
  budget: BudgetCaps;
  estimate: PlanEstimate;
}
