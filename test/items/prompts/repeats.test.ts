import { describe, expect, it } from 'vitest';
import { withRepeats } from '../../../items/index.ts';

const file = 'def clamp(value, low, high):\n    """Keeps a value within bounds."""\n    return max(low, min(value, high))\n';

const repeatedIn = (prompt: string) => withRepeats({ status: 'ok', prompt }, file, null);

describe('a description', () => {
  it.each([
    ['says it in its own words', 'Limits a number to a range, and gives the nearer bound of one outside it.', 0],
    ['names a function and its parameters', 'Offers clamp, with a value, low and high, and returns the nearer bound.', 0],
    ['is shorter than what counts', 'return max(low, min', 0],
    ['has other white space', 'return  max( low,\nmin(value,high) )', 1],
  ])('that %s', (_, prompt, repeated) => {
    expect(repeatedIn(prompt).repeated).toBe(repeated);
  });

  it('repeats words and signs of which eight in a row are in the file, and each counts once', () => {
    const prompt = 'It now does max(low, min(value, high)) for each of the twelve other values.';
    expect(repeatedIn(prompt)).toEqual({ status: 'ok', prompt, repeated: 0.5, flag: 'repeats-code' });
  });

  it('has no flag where it repeats a fifth or less', () => {
    const prompt = `One ${'word '.repeat(43)}max(low, min(value`;
    expect(repeatedIn(prompt)).toEqual({ status: 'ok', prompt, repeated: 0 });
    expect(repeatedIn(`${prompt}, high))`)).toEqual({ status: 'ok', prompt: `${prompt}, high))`, repeated: 0.2 });
  });

  it('is dropped only where it repeats more than may be', () => {
    const whole = { status: 'ok', prompt: file } as const;
    expect(withRepeats(whole, file, 1)).toMatchObject({ status: 'ok', repeated: 1 });
    expect(withRepeats(whole, file, 0.99)).toEqual({ status: 'repeats-code', repeated: 1 });
  });

  it('that is not there repeats nothing', () => {
    expect(withRepeats({ status: 'refused' }, file, 0)).toEqual({ status: 'refused' });
  });
});
