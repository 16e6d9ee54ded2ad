import type { Contradiction } from './kind.ts';

/** A range that lets nothing through; `key` is its key in the `with` of the step. */
export function checkRange(key: string, { min, max }: { min: number; max: number | null }, step: string): Contradiction[] {
  if (max === null || min <= max) return [];
  return [
    {
      key,
      message: `${key} of ${step} lets nothing through`,
      expected: `a max of at least min, which is ${min}`,
      got: `max: ${max}`,
      hint: 'swap the two',
    },
  ];
}
