import type { Above, UnitRef } from '../plan/index.ts';
import { rowOf, type RunState } from './run-state.ts';

/** The most upstream nodes in a message; a unit that reads more, or nodes finished in an earlier execution, uses the record. */
const mostInline = 500;

/** The most nodes of one lookup, counting the upstream nodes in its message. */
const mostLooked = 2000;

/** Takes ready units from the queue, in order: at most `most`, and no more than one message can hold. */
export function takeReady(state: RunState, most: number): number[] {
  let size = 0;
  let count = 0;
  for (const index of state.ready.slice(0, most)) {
    const read = nodesAbove(state, index);
    size += rowOf(state, index).nodes.length + (read > mostInline ? 0 : read);
    if (size > mostLooked && count > 0) break;
    count++;
  }
  return state.ready.splice(0, count);
}

/** What activities need to find a ready unit in the plan and in the store. */
export function refOf(state: RunState, index: number): UnitRef {
  const run = state.changes.get(index);
  const again = state.again.get(index);
  const without = state.without.get(index);
  return {
    index,
    above: aboveOf(state, index),
    ...(run && { run }),
    ...(without && { without }),
    ...(again && { again }),
    ...(state.suspect.has(index) && { check: true }),
  };
}

function aboveOf(state: RunState, index: number): Above | null {
  if (nodesAbove(state, index) > mostInline) return null;
  const above: Above = { made: {}, skipped: {} };
  for (const need of rowOf(state, index).needs)
    for (const { id } of rowOf(state, need).nodes) {
      const [why, made] = [state.skipped.get(id), state.made.get(id)];
      if (why === undefined && made === undefined) return null;
      if (why !== undefined) above.skipped[id] = why;
      if (made !== undefined) above.made[id] = made;
    }
  return above;
}

/** The number of nodes in the units that a unit reads from. */
function nodesAbove(state: RunState, index: number): number {
  return rowOf(state, index).needs.reduce((sum, need) => sum + rowOf(state, need).nodes.length, 0);
}
