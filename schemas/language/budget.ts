import type { SchemaObject } from './with.ts';

/** What a run may spend. Where it is reached the run parks and asks. */
export const budgetSchema: SchemaObject = {
  type: 'object',
  additionalProperties: false,
  description: 'What a run may spend before it parks and asks. Operational: changes no result. Left out: no limit.',
  properties: {
    calls: { type: 'integer', minimum: 0, description: 'Model calls, over all endpoints. Left out: no limit.', examples: [100_000] },
    gpu_hours: { type: 'number', minimum: 0, description: 'GPU-hours, over all pools. Left out: no limit.', examples: [200] },
    money: { type: 'number', minimum: 0, description: 'Money, in the unit of the prices in the configuration. Left out: no limit.', examples: [50] },
  },
  examples: [{ calls: 100_000 }],
};
