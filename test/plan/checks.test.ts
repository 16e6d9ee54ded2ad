import { expect, it } from 'vitest';
import { checkLines } from '../../plan/checks.ts';

it('checks of a data set are told in lines, those without a finding left out', () => {
  const checks = {
    read: { train: 60, validation: 20 },
    refused: { 'no-label': { rows: 3, first: 'val.json:7' } },
    duplicates: 2,
    overlap: { of: 17, equal: 0, similar: 1 },
  };
  expect(checkLines(checks)).toEqual([
    'rows read: 60 of train, 20 of validation',
    'rows refused: 3 no-label (first: val.json:7)',
    'rows that repeat an earlier one: 2',
    'test questions that training has too: 0 of 17, 13 words of them: 1',
  ]);
  expect(checkLines({ read: { '': 5 }, refused: {}, duplicates: 0 })).toEqual(['rows read: 5']);
});
