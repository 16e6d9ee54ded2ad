import { Type } from '@sinclair/typebox';
import { closed, orNull } from '../../fields.ts';

/** What the lengths of both sides decide, for all kinds that make pairs of answers. */
export const lengthSettings = {
  length_ratio: Type.Object(
    {
      min: Type.Number({ description: 'Smallest ratio.', minimum: 0, default: 0, examples: [0.5] }),
      max: orNull('number', { description: 'Largest ratio; null: no limit.', exclusiveMinimum: 0, default: null, examples: [2] }),
    },
    {
      ...closed,
      description: 'Keeps pairs whose chosen side is so many times as long as the rejected one, in characters.',
      default: { min: 0, max: null },
      examples: [{ min: 0.5, max: 2 }],
    },
  ),
  symmetric: Type.Boolean({
    description: 'Drops pairs at random until the chosen side is as often longer as shorter, in each language and for each ratio of lengths.',
    default: false,
    examples: [true],
  }),
};
