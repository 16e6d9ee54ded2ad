import type { Paid, PlanNode } from '../../plan/index.ts';
import type { Meter } from '../meter.ts';
import type { ChunkRange, OriginRow } from './slices.ts';

/** What one step sees of one chunk. */
export interface Chunk {
  node: PlanNode;
  range: ChunkRange;
  index: number;
  /** The run that asked for the work of this step again; null: what is there is taken. */
  again: string | null;
  /** Model calls that its execution may make for it. */
  most: number;
  /** Rows of an input in this chunk, by origin and ordinal. */
  rows: { [input: string]: OriginRow[] };
  execution: string;
  /** Number of the attempt that works on it, from 1. */
  attempt: number;
  signal: AbortSignal;
  meter: Meter;
  /** Work begins now, unless it began before: not while it waits for its turn. */
  begin: () => void;
}

/** Rows of a chunk's output and what they cost; left out: nothing. */
export interface ChunkWork {
  rows: OriginRow[];
  paid?: Paid;
}
