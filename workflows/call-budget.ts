import { condition } from '@temporalio/workflow';
import type { Counts, Worked } from '../plan/index.ts';

/** The model calls that a shard may make. Work takes as many as it may need, and returns those it has not used. */
export interface CallBudget {
  /** Waits until this many are free; when nobody else can return any, takes what is left, possibly none. */
  take(most: number): Promise<number>;
  giveBack(taken: number, used: number): void;
}

/** A number of calls shared by all chunks of a shard, which together never make more. */
export function createCallBudget(calls: number): CallBudget {
  let free = calls;
  let holders = 0;
  return {
    async take(most) {
      while (free < most && holders > 0) await condition(() => free >= most || holders === 0);
      const taken = Math.max(0, Math.min(free, most));
      free -= taken;
      holders++;
      return taken;
    },
    giveBack(taken, used) {
      free += taken - used;
      holders--;
    },
  };
}

/** The model calls that were made for all of these. */
export function callsIn(worked: { [node: string]: Pick<Worked, 'calls'> }): number {
  return Object.values(worked).reduce((sum, { calls }) => sum + totalOf(calls), 0);
}

/** Calls to all endpoints. */
export function totalOf(calls: Counts): number {
  return Object.values(calls).reduce((sum, number) => sum + number, 0);
}
