import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Decision, RunProgress } from '../plan/index.ts';

/** State of a run: what ran, what it cost and its units. */
export const progressQuery = defineQuery<RunProgress>('progress');

/** Decides about a parked node, or a run that has reached a cap. Refused if nothing waits for a decision. */
export const decideUpdate = defineUpdate<{ decided: string[] }, [Decision]>('decide');

/**
 * Starts no further units until `unpause`, and no further chunks of those that run, unless another run waits for them that is not paused.
 * Chunks and processes in progress continue.
 */
export const pauseUpdate = defineUpdate<void>('pause');
export const unpauseUpdate = defineUpdate<void>('unpause');
