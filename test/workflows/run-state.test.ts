import { describe, expect, test } from 'vitest';
import { leaveOutUnit, mend, settle } from '../../workflows/run-state.ts';
import { refOf, takeReady } from '../../workflows/ready-units.ts';
import { done, open, row } from './states.ts';

describe('what is left out', () => {
  test('of a group leaves the others to be made, and what they make counts', () => {
    const state = open([row('arms', [], 3), row('train', [0])]);
    leaveOutUnit(state, 0, { 'arms-1': 'skipped after auth', 'arms-2': 'needs arms-1, which was skipped' });
    settle(state, 0, { 'arms-0': done() }, new Set());
    expect(state.progress.units[0]).toMatchObject({
      state: 'done',
      nodes: [{ id: 'arms-0', key: done().key }, { why: 'skipped after auth' }, { why: 'needs arms-1, which was skipped' }],
    });
    expect([state.progress.totals?.nodes, state.ready]).toEqual([{ total: 4, ran: 1, reused: 0 }, [0, 1]]);
  });

  test('wholly is over, and what reads it has its turn', () => {
    const state = open([row('arms', [], 2), row('train', [0])]);
    leaveOutUnit(state, 0, { 'arms-0': 'skipped after auth', 'arms-1': 'needs arms-0, which was skipped' });
    expect(state.progress.units[0]).toMatchObject({ state: 'skipped', why: 'skipped after auth' });
    expect([state.left, state.ready]).toEqual([1, [0, 1]]);
  });
});

describe('what may be wrong with what a step has made', () => {
  test('is noted with the step, whether it ran or was reused', () => {
    for (const found of [new Set<string>(), new Set(['prompts'])]) {
      const state = open([row('prompts')]);
      settle(state, 0, { prompts: done({ warning: 'only 1 of 9 items are ok' }) }, found);
      expect(state.progress.units[0]?.nodes).toMatchObject([{ id: 'prompts', warning: 'only 1 of 9 items are ok' }]);
    }
  });
});

describe('a unit that has met a missing or damaged file', () => {
  /** A run in which `code` was found, `rm` has met a damaged file, and `other` waits for its turn. */
  const met = () => {
    const state = open([row('code'), row('rm', [0]), row('other', [0]), row('report', [1])]);
    takeReady(state, 1);
    settle(state, 0, { code: done() }, new Set(['code']));
    expect(takeReady(state, 1)).toEqual([1]);
    return state;
  };

  test('is taken up again after the units it reads, whose files are checked', () => {
    const state = met();
    expect(mend(state, 1)).toBe(true);
    expect(takeReady(state, 9)).toEqual([0]);
    expect(refOf(state, 0)).toMatchObject({ index: 0, check: true });
    settle(state, 0, { code: done() }, new Set());
    expect(takeReady(state, 9)).toEqual([1, 2]);
    for (const [index, id] of [[1, 'rm'], [2, 'other'], [3, 'report']] as const) settle(state, index, { [id]: done() }, new Set());
    expect([state.left, state.progress.totals?.nodes]).toEqual([0, { total: 4, ran: 4, reused: 0 }]);
  });

  test('is given up after three times', () => {
    const state = met();
    expect([1, 2, 3, 4].map(() => mend(state, 1))).toEqual([true, true, true, false]);
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
