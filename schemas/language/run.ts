import { Type } from '@sinclair/typebox';
import { defaultBudget, failureClasses } from '../../plan/index.ts';
import { closed, orNull } from '../fields.ts';
import { resourcePattern } from '../names.ts';

/** Where and how a step runs; never part of a key. */
export const runSchema = Type.Object(
  {
    pool: Type.String({
      title: 'name of a pool',
      description: 'Pool of the configuration that launches the process.',
      pattern: resourcePattern,
      default: 'local',
      examples: ['local'],
    }),
    chunk: orNull('integer', {
      description: 'Items handled together; null: chosen from their number.',
      minimum: 1,
      maximum: 100_000,
      default: null,
      examples: [1000],
    }),
    budget: Type.Object(
      Object.fromEntries(
        failureClasses.map((each) => [
          each,
          Type.Optional(
            Type.Integer({
              description: `Tries after a failure of class ${each}. Left out: ${defaultBudget[each]}.`,
              minimum: 0,
              maximum: 100_000,
              examples: [3],
            }),
          ),
        ]),
      ),
      {
        ...closed,
        description: 'How often a failure of each class is tried again; classes left out keep their default.',
        default: {},
        examples: [{ unavailable: 10 }],
      },
    ),
  },
  {
    ...closed,
    description:
      'Where and how the step runs. Changes no result and repeats no work. Left out: the pool local, and the usual retries.',
  },
);
