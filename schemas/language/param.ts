import { Type, type Static } from '@sinclair/typebox';
import { choice, closed } from '../fields.ts';

const scalar = { type: ['string', 'number', 'boolean'] };

/** The declaration of a param, with a `type` or an `enum`. */
export const paramSchema = Type.Object(
  {
    type: Type.Optional(
      choice(['integer', 'number', 'string', 'boolean', 'step', 'checkpoint'], {
        description:
          'Type of the values; step is the id of a step or one of its outputs, checkpoint also the name of base weights. Left out: the type of `enum`.',
        examples: ['integer'],
      }),
    ),
    enum: Type.Optional(
      Type.Array(Type.Unsafe<string | number | boolean>(scalar), {
        description: 'The values the param takes, in place of a type. Left out: all of the type.',
        minItems: 1,
        maxItems: 100,
        examples: [['wsd', 'wcd']],
      }),
    ),
    default: Type.Optional(
      Type.Unsafe<string | number | boolean>({
        ...scalar,
        description: 'Value without --set. Left out: --set must give one.',
        examples: [1],
      }),
    ),
    minimum: Type.Optional(Type.Number({ description: 'Smallest value of a number. Left out: no limit.', examples: [1] })),
    maximum: Type.Optional(Type.Number({ description: 'Largest value of a number. Left out: no limit.', examples: [100] })),
    description: Type.Optional(
      Type.String({ description: 'What the param is for; for readers only. Left out: nothing.', examples: ['Seed of everything drawn.'] }),
    ),
  },
  { ...closed, description: 'A value that --set name=value replaces.', examples: [{ type: 'integer', default: 1 }] },
);

export type ParamSpec = Static<typeof paramSchema>;
