import type { StepKind } from '../kind.ts';
import { readTextTable } from './table.ts';

/** Reads texts of parquet files into a corpus. */
export const sourceParquet: StepKind<'source/parquet'> = { shape: 'step', work: readTextTable };
