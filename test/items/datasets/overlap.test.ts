import { expect, it } from 'vitest';
import { findOverlap } from '../../../items/index.ts';

it('finds test texts that training has, whole or thirteen words of them, whatever their case and punctuation', () => {
  const long = 'one two three four five six seven eight nine ten eleven twelve thirteen';
  const overlap = findOverlap(['Two cats?', `Begin ${long} end`, 'Two dogs', 'one two three four']);
  const seen = ['two cats', long.toUpperCase().replaceAll(' ', ', '), 'two dogs and a cat', 'one two three four five'];
  for (const text of seen) overlap.see(text);
  expect(overlap.counts()).toEqual({ of: 4, equal: 1, similar: 1 });
});
