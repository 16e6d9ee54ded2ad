import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UnitProgress, UnitRow } from '../../plan/index.ts';
import { handOver, takeOver } from '../../workflows/hand-over.ts';
import { refOf, takeReady } from '../../workflows/ready-units.ts';
import { answerOf, mark, settle, takeDelta, leaveOutUnit } from '../../workflows/run-state.ts';
import type { RunState } from '../../workflows/run-state.ts';
import { done, open, row } from './states.ts';

/** Bytes of one message after which the server refuses it. */
const mostBytes = 2 * 1024 * 1024;

/** Passes a state on to a new execution, by way of JSON. */
function passOn(state: RunState, rows: UnitRow[]): RunState {
  const next = open(rows);
  takeOver(next, JSON.parse(JSON.stringify(handOver(state))) as ReturnType<typeof handOver>);
  return next;
}

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

/** What a unit failed with: as many characters as a failure may have, of three bytes each. */
const long: NonNullable<UnitProgress['failure']> = { class: 'job-failed', message: '失'.repeat(3000) };

describe('what one execution hands to the next', () => {
  const rows = Array.from({ length: 40 }, (_, index) => row(`unit-${index}`, index < 20 ? [] : [index - 20]));
  const fates = fc.array(fc.constantFrom('waiting', 'ran', 'reused', 'begun', 'parked', 'skipped'), { minLength: 20, maxLength: 20 });

  test('leaves every unit as it was', () => {
    fc.assert(
      fc.property(fates, (fate) => {
        const state = open(rows);
        fate.forEach((each, index) => {
          const id = `unit-${index}`;
          if (each === 'ran') settle(state, index, { [id]: done() }, new Set());
          if (each === 'reused') settle(state, index, { [id]: done() }, new Set([id]));
          if (each === 'begun') state.begun.add(index);
          if (each === 'parked') mark(state, index, { state: 'parked', failure: { class: 'diverged', message: 'NaN' } });
          if (each === 'skipped') leaveOutUnit(state, index, { [`unit-${index}`]: 'not wanted' });
        });
        const next = passOn(state, rows);
        for (const name of ['ran', 'reused', 'begun'] as const) expect(next[name]).toEqual(state[name]);
        const outOf = ({ progress }: RunState) =>
          progress.units.map(({ id, state: each, failure }) => (each === 'parked' || each === 'skipped' ? { id, each, failure } : { id }));
        expect(outOf(next)).toEqual(outOf(state));
        const isOver = (index: number) => ['done', 'reused', 'skipped'].includes(next.progress.units[index]?.state ?? '');
        const waiting = next.progress.units.flatMap(({ state: each }, index) =>
          each === 'waiting' && rows[index]?.needs.every(isOver) ? [index] : [],
        );
        expect(next.ready.toSorted((a, b) => a - b)).toEqual(waiting);
        expect(next.left).toBe(next.progress.units.filter((_, index) => !isOver(index)).length);
      }),
    );
  });

  const many = Array.from({ length: 100_000 }, (_, index) => row(`unit-${index}`));

  test('fits one message of a hundred thousand units, half of them parked with long messages and other settings of run', () => {
    const state = open(many);
    for (let index = 0; index < many.length; index += 2) {
      mark(state, index, { state: 'parked', failure: long });
      state.begun.add(index);
      state.changes.set(index, { pool: 'gpu8', chunk: 100 });
    }
    expect(bytesOf(handOver(state))).toBeLessThan(mostBytes);
  });

  test('fits one message of a hundred thousand units, half of them skipped for a long reason', () => {
    const state = open(many);
    for (let index = 0; index < many.length; index++)
      if (index % 2 === 0) leaveOutUnit(state, index, { [`unit-${index}`]: `skipped after ${'失'.repeat(200)}` });
      else state.ran.add(index);
    expect(bytesOf(handOver(state))).toBeLessThan(mostBytes);
  });

  test('keeps the message of a unit that is parked alone, whole', () => {
    const state = open([row('rm')]);
    mark(state, 0, { state: 'parked', failure: long });
    const next = passOn(state, [row('rm')]);
    expect(next.progress.units[0]?.failure).toEqual(long);
    expect(next.changed.size).toBe(0);
  });

  test('leaves why a unit was skipped to the record, where what reads it is told to look', () => {
    const rows = [row('train'), row('other'), row('report', [0, 1])];
    const state = open(rows);
    leaveOutUnit(state, 0, { train: 'skipped after NaN' });
    settle(state, 1, { other: done() }, new Set());
    const next = passOn(state, rows);
    expect(next.progress.units.map((unit) => [unit.state, unit.why])).toEqual([
      ['skipped', undefined],
      ['done', undefined],
      ['waiting', undefined],
    ]);
    expect(next.ready).toEqual([2]);
    expect(refOf(next, 2)).toEqual({ index: 2, above: null });
  });

  test('says what a group goes on without, and why', () => {
    const rows = [row('arms', [], 2)];
    const state = open(rows);
    state.without.set(0, { 'arms-1': 'skipped after auth' });
    expect(refOf(passOn(state, rows), 0)).toEqual({
      index: 0,
      above: { made: {}, skipped: {} },
      without: { 'arms-1': 'skipped after auth' },
    });
  });
});

describe('what is written down at once, and what a query answers,', () => {
  test('fits one message, also where long messages are not in Latin letters', () => {
    const state = open(Array.from({ length: 500 }, (_, index) => row(`unit-${index}`)));
    for (let index = 0; index < 500; index++) mark(state, index, { state: 'parked', failure: long });
    const answer = answerOf(state.progress);
    expect([bytesOf(answer) < mostBytes, answer.counts]).toEqual([true, { parked: 500 }]);
    const written: string[] = [];
    while (state.changed.size > 0) {
      const delta = takeDelta(state);
      expect(bytesOf(delta)).toBeLessThan(mostBytes / 2);
      written.push(...delta.changed.map(({ id }) => id));
    }
    expect(written).toEqual(state.progress.units.map(({ id }) => id));
  });
});

describe('what is looked up at once', () => {
  const digests = (state: RunState, ids: string[]) =>
    ids.forEach((id) => state.made.set(id, { key: 'k'.repeat(64), outputs: { out: 'd'.repeat(64) } }));

  test('fits one message, also of wide groups that read much', () => {
    const sources = Array.from({ length: 400 }, (_, index) => row(`source-${index}`));
    const wide = Array.from({ length: 100 }, (_, index) => row(`group-${index}`, sources.map((_source, at) => at), 60));
    const state = open([...sources, ...wide]);
    digests(state, sources.map(({ id }) => id));
    state.ready = wide.map((_, index) => sources.length + index);
    const taken: number[] = [];
    while (state.ready.length > 0) {
      const batch = takeReady(state, 100);
      expect(batch.length).toBeGreaterThan(0);
      expect(bytesOf(batch.map((index) => refOf(state, index)))).toBeLessThan(mostBytes / 2);
      taken.push(...batch);
    }
    expect(taken).toEqual(wide.map((_, index) => sources.length + index));
  });

  test('is found in the record where a unit reads more than a message holds', () => {
    const sources = Array.from({ length: 501 }, (_, index) => row(`metrics-${index}`));
    const state = open([...sources, row('report', sources.map((_, index) => index)), row('small', [0])]);
    digests(state, ['metrics-0']);
    expect(refOf(state, 501)).toEqual({ index: 501, above: null });
    expect(refOf(state, 502)).toMatchObject({ above: { made: { 'metrics-0': {} }, skipped: {} } });
  });
});
