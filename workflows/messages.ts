import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Decision, RunProgress } from '../plan/index.ts';

/** State of a run: what ran, what it cost and its units. */
export const progressQuery = defineQuery<RunProgress>('progress');

/** What to do with a parked node, or with a run that has reached a cap. Refused where nothing waits for it. */
export const decideUpdate = defineUpdate<{ decided: string[] }, [Decision]>('decide');

/** Admits no further units until `unpause`; what runs goes on. */
export const pauseUpdate = defineUpdate<void>('pause');
export const unpauseUpdate = defineUpdate<void>('unpause');
