import { describe, expect, it } from 'vitest';
import { about, bytes, count, duration } from '../../../cli/terminal/text.ts';

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [59_400, '59 s'],
    [60_000, '1 min'],
    [130_000, '2 min 10 s'],
    [3_900_000, '1 h 05 min'],
  ])('of %d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [1000, '10 s'],
    [44_000, '40 s'],
    [100_000, '2 min'],
    [4_000_000, '1 h 05 min'],
  ])('of about %d ms is rounded to %s', (ms, text) => expect(about(ms)).toBe(text));
});

describe('words', () => {
  it('count things', () => {
    expect([count(1, 'call'), count(2, 'call'), count(1200, 'step')]).toEqual(['1 call', '2 calls', '1,200 steps']);
  });

  it('shorten bytes', () => {
    expect([bytes(999), bytes(67_000_000), bytes(66_900_000_000)]).toEqual(['999 B', '67 MB', '66.9 GB']);
  });
});
