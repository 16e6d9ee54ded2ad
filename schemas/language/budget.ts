import type { SchemaObject } from './with.ts';

/** What a run may spend. When a cap is reached, the run parks and waits for a decision. */
export const budgetSchema: SchemaObject = {
  type: 'object',
  additionalProperties: false,
  description: 'What a run may spend before it parks and waits for a decision. Changes no result. Left out: no limit.',
  properties: {
    calls: {
      type: 'integer',
      minimum: 0,
      description:
        'Model calls, over all endpoints. The run makes no more than these, even in the middle of a step, but for requests that are sent again because no reply came, which count each time. It keeps every answer. Left out: no limit.',
      examples: [100_000],
    },
    gpu_hours: {
      type: 'number',
      minimum: 0,
      description: 'GPU-hours, over all pools. Checked before a step starts; a step that runs is finished. Those of model servers on a pool are not counted. Left out: no limit.',
      examples: [200],
    },
    money: {
      type: 'number',
      minimum: 0,
      description:
        'Money, in the unit of the prices in the configuration. Once answers have cost as much, no more calls are sent, even in the middle of a step; those in flight are finished and kept. What GPUs cost is checked before a step starts. Left out: no limit.',
      examples: [50],
    },
  },
  examples: [{ calls: 100_000 }],
};
