import type { FailureClass } from './failures.ts';
import type { ClaimResult, ClaimVerdict } from './claims.ts';
import type { Digest, JsonObject } from '../json.ts';
import type { Estimate } from '../metrics.ts';
import type { Span } from './spans.ts';

/** Counts by endpoint. */
export interface Counts {
  [endpoint: string]: number;
}

/** Model calls that were paid for. Tokens are as reported by the endpoint; an answer without a report adds none. */
export interface Paid {
  calls: Counts;
  prompt_tokens: Counts;
  completion_tokens: Counts;
  /** Of the calls, those that brought no reply; absent: none. */
  lost?: Counts;
}

/** What was paid for, and when the work on it ran. */
export interface Worked extends Paid {
  ran?: Span[];
}

/** What work on a node has cost so far. */
export interface Spent extends Paid {
  training_steps: number;
  seconds: number;
}

/** The record of a finished node under its result key: the outputs and their costs. */
export interface NodeResult {
  format: 1;
  /** Result key K, its key in the store. */
  key: Digest;
  kind: string;
  /** The parts that were hashed into the result key, so that two keys can be compared part by part. */
  parts: JsonObject;
  outputs: { [output: string]: Digest };
  /** Model calls paid for, by endpoint, over all attempts of this node; tokens are absent if unknown. */
  calls: Counts;
  prompt_tokens?: Counts;
  completion_tokens?: Counts;
  /** Optimiser steps run, over all attempts of this node. */
  training_steps: number;
  /** Seconds of work, over all attempts of this node, without waiting times. */
  seconds: number;
  /** A warning about what it made. */
  warning?: string;
  /** Keys of the earlier results of which this one is what is left since something was forgotten. */
  from?: Digest[];
}

/** The state of one unit in a run. */
export interface UnitProgress {
  id: string;
  /** The nodes, with result keys and warnings of finished ones, and the reasons why members of a group are left out. */
  nodes: { id: string; kind: string; key?: Digest; warning?: string; why?: string }[];
  /** Result key or group id, once the unit's inputs exist. */
  key?: Digest;
  /** `parked`: it has used up its budget and waits for a decision; `skipped`: left out by a decision, or it needs what was. */
  state: 'waiting' | 'running' | 'reused' | 'done' | 'failed' | 'cancelled' | 'parked' | 'skipped';
  /** `node`: the member of a group that failed. */
  failure?: { class: FailureClass; message: string; node?: string };
  /** Why it was skipped. */
  why?: string;
  started?: number;
  finished?: number;
  /** Calls and training steps of this run; absent for reused units. */
  calls?: { [endpoint: string]: number };
  training_steps?: number;
  /** Seconds of work, without waiting times. */
  seconds?: number;
  /** In the record: `noted` of the run when this was recorded. */
  noted?: number;
}

/** Live progress of one unit, in the store's note `progress/<unit key>.json`. */
export interface UnitNote {
  done: number;
  total: number | null;
  unit: 'items' | 'steps';
  detail: JsonObject;
  stage: string;
  /** When its work began, milliseconds since the epoch; null while it waits for the machine or an endpoint. */
  began: number | null;
  /** Since when a process has waited for the machine (milliseconds since the epoch), and what holds it; null: nothing. */
  queued?: { since: number; holder: string | null };
  updated: number;
  steps: { [node: string]: StepNote };
}

/** What the worker that notes has done of a step. */
export interface StepNote {
  done: number;
  total: number;
  /** The last error, while the work is retried. */
  trouble?: string;
  /** Of a step that makes pairs, by those that this worker has made in this run. */
  pairs?: PairNote;
}

/** Items, those of them that made a pair, and what lengths say of the pairs of each language. */
export interface PairNote {
  of: number;
  made: number;
  /** Absent from notes of earlier versions. */
  languages?: { [language: string]: LengthBias };
}

/** Share of pairs whose chosen text is the longer one, where equal lengths count one half, and the AUC of length. */
export interface LengthBias {
  chosen_longer: Estimate;
  length: Estimate;
}

/** What a run has done and paid for so far. */
export interface RunTotals {
  nodes: { total: number; ran: number; reused: number };
  calls: { [endpoint: string]: number };
  training_steps: number;
  gpu_hours: number;
  /** By the prices of the configuration; without a price, nothing is added. */
  money: number;
}

/**
 * The answer to the query `progress` and the content of a run's record. The record has all units in plan order; the answer of a large run
 * has only those that are running, parked or failed, with counts of all.
 */
export interface RunProgress {
  run: string;
  name: string;
  /** `parked`: nothing can continue without a decision. */
  status: 'running' | 'parked' | 'succeeded' | 'failed' | 'cancelled';
  totals?: RunTotals;
  /** Units by state, if not all are listed. */
  counts?: { [state: string]: number };
  /** The cap of the budget that was reached, in words. */
  capped?: string;
  paused?: true;
  /** In the record, once it has succeeded. */
  claims?: ClaimResult[];
  /** Digest of the frozen plan in the store; absent before the file is compiled. */
  plan?: Digest;
  started: number;
  finished?: number;
  /** The number of this note of the run; later notes have higher numbers. */
  noted?: number;
  units: UnitProgress[];
  /** Path of the report's HTML file, once written. */
  report?: string;
  message?: string;
}

/** Result of the pipeline workflow. */
export interface RunResult {
  status: 'succeeded';
  run: string;
  nodes: { total: number; ran: number; reused: number };
  calls: { [endpoint: string]: number };
  training_steps: number;
  report: string | null;
  claims?: ClaimVerdict[];
}

/** The details of a failure, besides its class and its message. */
export interface FailureDetails {
  /** The member of a group that failed. */
  node?: string;
  /** How long the other side asked to wait, milliseconds. */
  retryAfter?: number;
  /** Work on chunks that was nevertheless done, by node. */
  worked?: { [node: string]: Worked };
  /** The costs of nodes until their execution failed, by node: other executions do not count them. */
  spent?: { [node: string]: Spent };
  /** The run that pays for an execution; absent: each that waits for it. */
  payer?: string;
}
