import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { defineKind, type Contradiction } from '../kind.ts';
import { checkSchedule, ranking, schedule, shownPairs, trainingSettings } from '../training.ts';

/** Preference pretraining: a base model learns to score chosen above rejected. */
export const trainPmp = defineKind({
  kind: 'train/pmp',
  version: 6,
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
          verdict: Type.Number({
            description:
              'Weight of the cross entropy of a verdict: asked after an answer whether it is correct, the model is to say Yes of chosen and No of rejected ones. Above 0, its score is the logit of Yes less that of No (GenPMP).',
            minimum: 0,
            default: 0,
            examples: [1],
          }),
          ...ranking,
        },
        {
          ...closed,
          description: 'Weights of the losses.',
          default: { rank: 1, lm: 1, verdict: 0, margin: 0, center: 0 },
          examples: [{ rank: 1, lm: 1 }, { rank: 0, lm: 1, verdict: 1 }],
        },
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

function checkLoss({ rank, lm, verdict }: { rank: number; lm: number; verdict: number }, step: string): Contradiction[] {
  if (rank + lm + verdict > 0) return [];
  const message = `${step} has nothing to learn: all losses weigh nothing`;
  return [{ key: 'loss', message, expected: 'rank, lm or verdict above 0', hint: 'leave loss out for the weights of the paper' }];
}
