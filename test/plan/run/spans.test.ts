import { describe, expect, test } from 'vitest';
import { fewSpans, secondsIn } from '../../../plan/index.ts';
import type { Span } from '../../../plan/index.ts';

describe('seconds that work ran', () => {
  test('are counted once where it ran side by side, and not where it paused', () => {
    expect(secondsIn([])).toBe(0);
    expect(secondsIn([[0, 4000], [9000, 10_000], [1000, 5000], [5000, 6040]])).toBe(7);
  });

  test('stay the same in the account that travels, but for short pauses', () => {
    const spans: Span[] = Array.from({ length: 12 }, (_, index) => [index * 10_000, index * 10_000 + (index < 5 ? 9990 : 5000)]);
    expect(fewSpans(spans.toReversed())).toHaveLength(8);
    expect(secondsIn(fewSpans(spans))).toBe(85);
    expect(secondsIn(spans)).toBe(85);
    expect(fewSpans([[3, 4], [1, 2], [2, 3]])).toEqual([[1, 4]]);
  });
});
