import { describe, expect, test } from 'vitest';
import { settle, skip } from '../../workflows/run-state.ts';
import { done, open, row } from './states.ts';

describe('a step that reads lists', () => {
  const units = () => open([row('pairs'), row('accuracy'), row('choice'), { ...row('report', [0, 1, 2]), inputs: [[1, 2], [0]] }]);
  const states = (state: ReturnType<typeof open>) => state.progress.units.map((unit) => unit.state);

  test('goes on while each list keeps something', () => {
    const state = units();
    skip(state, 1, 'not wanted');
    for (const [index, id] of [[0, 'pairs'], [2, 'choice']] as const) settle(state, index, { [id]: done() }, new Set());
    expect(states(state)).toEqual(['done', 'skipped', 'done', 'waiting']);
    expect(state.ready).toContain(3);
  });

  test('is left out with all of a list, also where another list keeps something', () => {
    const state = units();
    settle(state, 0, { pairs: done() }, new Set());
    skip(state, 1, 'not wanted');
    skip(state, 2, 'not wanted');
    expect(states(state)).toEqual(['done', 'skipped', 'skipped', 'skipped']);
    expect([state.progress.units[3]?.why, state.left]).toEqual(['needs choice, which was skipped', 0]);
  });
});

describe('what a run took', () => {
  test('is reckoned by the pool that a decision chose', () => {
    const state = open([row('rm')]);
    state.changes.set(0, { pool: 'gpu8' });
    settle(state, 0, { rm: done({ seconds: 3600 }) }, new Set());
    expect(state.progress.totals).toMatchObject({ gpu_hours: 8, money: 16 });
  });
});
