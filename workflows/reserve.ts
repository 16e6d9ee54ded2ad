import { totalOf } from './allowance.ts';
import type { Reserved, RunState } from './run-state.ts';

/**
 * Reserves calls and money for a unit that needs about `most`, or twice the money that was not enough for it, so that all units together
 * never take more than the budget allows. What is absent is not limited. null: everything left is reserved for units that have begun, and
 * it waits for them.
 */
export function reserve(state: RunState, index: number, most: Required<Reserved>): Reserved | null {
  const calls = leftFor(state, index, 'calls', most.calls);
  const money = leftFor(state, index, 'money', Math.max(most.money, 2 * (state.short.get(index) ?? 0)));
  if (calls <= 0 || money <= 0) return null;
  const reserved = { ...(calls < Infinity && { calls }), ...(money < Infinity && { money }) };
  if (Object.keys(reserved).length > 0) state.reserved.set(index, reserved);
  return { ...(calls < most.calls && { calls }), ...(money < Infinity && { money }) };
}

/** How much of what it needs at most the budget leaves for a unit; Infinity: the budget does not limit it. */
function leftFor({ caps, reserved, progress: { totals } }: RunState, index: number, of: 'calls' | 'money', most: number): number {
  const cap = caps[of];
  if (cap === null || most === 0) return Infinity;
  const others = [...reserved].reduce((sum, [place, each]) => sum + (place === index ? 0 : (each[of] ?? 0)), 0);
  const used = of === 'calls' ? totalOf(totals.calls) : totals.money;
  return reserved.get(index)?.[of] ?? Math.min(most, cap - used - others);
}

/** Keeps a unit back until a unit that has something reserved ends. If none has, the unit is ready, and the cap is found to be reached. */
export function hold(state: RunState, index: number): void {
  (state.reserved.size > 0 ? state.held : state.ready).push(index);
}

/** Releases what was reserved for a unit that has ended, if anything: units that waited for it are ready. */
export function unreserve(state: RunState, index: number): void {
  if (state.reserved.delete(index)) state.ready.push(...state.held.splice(0));
}
