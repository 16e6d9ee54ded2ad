import { condition } from '@temporalio/workflow';
import { costOf, type Counts, type Paid, type TokenPrices, type Worked } from '../plan/index.ts';

/** The model calls that a shard may make, or the money for them. Work takes as much as it may need, and returns what it has not used. */
export interface Allowance {
  /** Waits until this much is free; when nobody else can return any, takes what is left, possibly nothing. */
  take(most: number): Promise<number>;
  giveBack(taken: number, used: number): void;
}

/** An amount shared by all chunks of a shard, which together never take more. */
export function createAllowance(amount: number): Allowance {
  let free = amount;
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

/** What the answers for all of these cost. */
export function moneyIn(worked: { [node: string]: Paid }, prices: TokenPrices): number {
  return Object.values(worked).reduce((sum, paid) => sum + costOf(paid, prices), 0);
}

/** Calls to all endpoints. */
export function totalOf(calls: Counts): number {
  return Object.values(calls).reduce((sum, number) => sum + number, 0);
}
