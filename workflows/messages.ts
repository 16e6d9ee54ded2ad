import { defineQuery } from '@temporalio/workflow';
import type { RunProgress } from '../plan/index.ts';

/** State of a run: its units in plan order and the counts of what ran. */
export const progressQuery = defineQuery<RunProgress>('progress');
