import type { Paid, PlanNode } from '../../plan/index.ts';
import type { Meter } from '../meter.ts';
import type { ChunkRange, OriginRow } from './slices.ts';

/** One chunk, as the work of one step gets it. */
export interface Chunk {
  node: PlanNode;
  range: ChunkRange;
  index: number;
  /** The run that asked for this step to run again; null: existing answers are used. */
  again: string | null;
  /** What the key of the step holds of the files that it reads: of a prompt template, its digest; null where it reads none. */
  content: string | null;
  /** How often items without a usable answer were asked for again. */
  round: number;
  /** The most model calls that the execution may make for it. */
  most: number;
  /** The money after which the execution sends no more calls for it. */
  money: number;
  /** Rows of an input in this chunk, by origin and ordinal. */
  rows: { [input: string]: OriginRow[] };
  execution: string;
  /** Number of this attempt, from 1. */
  attempt: number;
  signal: AbortSignal;
  meter: Meter;
  /** To be called when the work begins, after any waiting; calling it again has no effect. */
  begin: () => void;
}

/** Rows of a chunk's output, and what they cost if anything. */
export interface ChunkWork {
  rows: OriginRow[];
  paid?: Paid;
}
