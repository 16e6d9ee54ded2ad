import { describe, expect, test } from 'vitest';
import { settle } from '../../workflows/run-state.ts';
import { done, open, row } from './states.ts';

describe('what a run took', () => {
  test('is reckoned by the pool that a decision chose', () => {
    const state = open([row('rm')]);
    state.changes.set(0, { pool: 'gpu8' });
    settle(state, 0, { rm: done({ seconds: 3600 }) }, new Set());
    expect(state.progress.totals).toMatchObject({ gpu_hours: 8, money: 16 });
  });
});
