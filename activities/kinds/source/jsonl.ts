import type { StepKind } from '../kind.ts';
import { readTextTable } from './table.ts';

/** Reads texts of JSON lines into a corpus. */
export const sourceJsonl: StepKind<'source/jsonl'> = { shape: 'step', work: readTextTable };
