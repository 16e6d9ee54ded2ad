import type { FailureClass } from './failures.ts';
import type { ClaimResult, ClaimVerdict } from './claims.ts';
import type { Digest, JsonObject } from '../json.ts';
import type { Span } from './spans.ts';

/** Counts by endpoint. */
export interface Counts {
  [endpoint: string]: number;
}

/** Model calls that were paid for. Tokens as the endpoint reported them; an answer without a report adds none. */
export interface Paid {
  calls: Counts;
  prompt_tokens: Counts;
  completion_tokens: Counts;
}

/** What was paid for, and when the work on it ran. */
export interface Worked extends Paid {
  ran?: Span[];
}

/** What work on a node took so far. */
export interface Spent extends Paid {
  training_steps: number;
  seconds: number;
}

/** What a finished node leaves under its result key: the outputs and what making them took. */
export interface NodeResult {
  format: 1;
  /** Result key K, under which the store has it. */
  key: Digest;
  kind: string;
  /** The plain parts that were hashed into the result key, kept so that two keys can be compared part by part. */
  parts: JsonObject;
  outputs: { [output: string]: Digest };
  /** Model calls paid for, by endpoint, over all attempts of this node; absent tokens are not known. */
  calls: Counts;
  prompt_tokens?: Counts;
  completion_tokens?: Counts;
  /** Optimiser steps run, over all attempts of this node. */
  training_steps: number;
  /** Wall seconds that its work ran, over all attempts of this node, without the time it waited for its turn. */
  seconds: number;
  /** What may be wrong with what it made. */
  warning?: string;
}

/** State of one unit as a run sees it. */
export interface UnitProgress {
  id: string;
  /** With the result keys of those that are done and what may be wrong with them, and why members of a group are left out. */
  nodes: { id: string; kind: string; key?: Digest; warning?: string; why?: string }[];
  /** Result key or group id, once the unit's inputs are there. */
  key?: Digest;
  /** `parked` has spent its budget and waits for a decision; `skipped` was left out by one, or needs what was. */
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
  /** Seconds of work, without the time it waited for its turn. */
  seconds?: number;
  /** In the record: `noted` of the run when this was written down. */
  noted?: number;
}

/** Live progress of one unit, as the store's note `progress/<unit key>.json` holds it. */
export interface UnitNote {
  done: number;
  total: number | null;
  unit: 'items' | 'steps';
  detail: JsonObject;
  stage: string;
  /** When its work began, milliseconds since the epoch; null while it waits for the machine or an endpoint. */
  began: number | null;
  /** Since when a process waits for the machine (milliseconds since the epoch), and what holds it; null: nothing. */
  queued?: { since: number; holder: string | null };
  updated: number;
  /** `trouble`: what its work failed with last, while it is tried again. */
  steps: { [node: string]: { done: number; total: number; trouble?: string } };
}

/** What a run has done and paid for so far. */
export interface RunTotals {
  nodes: { total: number; ran: number; reused: number };
  calls: { [endpoint: string]: number };
  training_steps: number;
  gpu_hours: number;
  /** By the prices of the configuration; what has none adds nothing. */
  money: number;
}

/**
 * Answer of the query `progress` and content of a run's record. The record has all units in plan order; the answer of a
 * large run has those that are running, parked or failed, and says how many there are.
 */
export interface RunProgress {
  run: string;
  name: string;
  /** `parked`: nothing can go on before a decision. */
  status: 'running' | 'parked' | 'succeeded' | 'failed' | 'cancelled';
  totals?: RunTotals;
  /** Units by state, where not all are listed. */
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
  /** Which note of the run this is: a later one has a higher number. */
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

/** What a failure says besides its class and its message, in its details. */
export interface FailureDetails {
  /** The member of a group that failed. */
  node?: string;
  /** Milliseconds the other side asked to wait. */
  retryAfter?: number;
  /** Work on chunks that has been done all the same, by node. */
  worked?: { [node: string]: Worked };
  /** What a node took until its execution failed, by node: another execution counts none of it. */
  spent?: { [node: string]: Spent };
}
