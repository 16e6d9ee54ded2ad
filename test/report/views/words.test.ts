import { describe, expect, test } from 'vitest';
import type { ViewCell } from '../../../ports/report.ts';
import { leastWords } from '../../../report/views/words.ts';

const cellWith = (low: number, high: number): ViewCell => ({ value: (low + high) / 2, interval: [low, high] }) as ViewCell;
const narrow = cellWith(0.49, 0.51);
const wide = cellWith(0, 1);

/** The words of a table of two rows of equal cells. */
function wordsOf(heads: string[], cells: ViewCell[]): string {
  const rows = ['a', 'b'].map((head) => ({ heads: [head], cells }));
  return leastWords({ columnHeads: [heads], rows } as Parameters<typeof leastWords>[0]);
}

describe('the least difference that the cells of a table can show', () => {
  test('is left out of columns of so few items that shares cannot differ as much', () => {
    expect(wordsOf(['many', 'few'], [narrow, wide])).toMatch(
      /differ by 0\.\d{3} for this to show .* The other columns rest on too few items for any difference between two cells on different items to show\.$/,
    );
    expect(wordsOf(['few'], [wide])).toBe('The columns rest on too few items for any difference between two cells on different items to show.');
  });
});
