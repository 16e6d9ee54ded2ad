import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { defineKind, type Contradiction } from '../kind.ts';
import { checkSchedule, schedule, shownPairs, trainingSettings } from '../training.ts';

/** Preference pretraining: a base model learns to score chosen above rejected. */
export const trainPmp = defineKind({
  kind: 'train/pmp',
  version: 5,
  shape: 'process',
  description: 'Pretrains a preference model from a base model on preference pairs.',
  inputs: {
    base: { description: 'Base weights of the configuration, or a checkpoint.', types: ['checkpoint'], orWeights: true },
    pairs: { description: 'Preference pairs.', types: ['pairs'] },
  },
  outputs: { out: 'checkpoint' },
  models: {},
  sources: {},
  typicalSeconds: 40,
  settings: Type.Object(
    {
      loss: Type.Object(
        {
          rank: Type.Number({ description: 'Weight of the ranking loss.', minimum: 0, default: 1, examples: [1] }),
          lm: Type.Number({
            description: 'Weight of the language-model loss on the chosen answer.',
            minimum: 0,
            default: 1,
            examples: [0.1],
          }),
        },
        { ...closed, description: 'Weights of the two losses.', default: { rank: 1, lm: 1 }, examples: [{ rank: 1, lm: 1 }] },
      ),
      eoc: Type.Boolean({
        description: 'Appends a token of its own to every answer and reads the score there.',
        default: false,
        examples: [true],
      }),
      schedule: schedule({ kind: 'wsd', lr: 3e-6 }),
      ...trainingSettings({ batch_size: 1024, weight_decay: 0.1 }),
    },
    closed,
  ),
  trains: shownPairs,
  check: (settings, { name }) => [...checkSchedule(settings.schedule, name), ...checkLoss(settings.loss, name)],
});

function checkLoss({ rank, lm }: { rank: number; lm: number }, step: string): Contradiction[] {
  if (rank + lm > 0) return [];
  const message = `${step} has nothing to learn: both losses weigh nothing`;
  return [{ key: 'loss', message, expected: 'rank or lm above 0', hint: 'leave loss out for the weights of the paper' }];
}
