import { Type } from '@sinclair/typebox';
import { closed, orNull } from '../../fields.ts';
import { defineKind } from '../kind.ts';
import { checkSchedule, ranking, schedule, shownPairs, trainingSettings } from '../training.ts';

/** Finetunes a reward model from a preference model or from base weights. */
export const trainRm = defineKind({
  kind: 'train/rm',
  version: 6,
  shape: 'process',
  description: 'Finetunes a reward model on the preference pairs of a task.',
  inputs: {
    init: { description: 'Checkpoint to start from, or base weights of the configuration.', types: ['checkpoint'], orWeights: true },
    pairs: { description: 'Preference pairs of the task.', types: ['pairs'] },
  },
  outputs: { out: 'checkpoint' },
  models: {},
  sources: {},
  typicalSeconds: 60,
  settings: Type.Object(
    {
      schedule: schedule({ kind: 'wcd', lr: 1e-6 }),
      head_lr: orNull('number', {
        description: 'Highest learning rate of the scoring head; null: that of the rest.',
        exclusiveMinimum: 0,
        maximum: 1,
        default: null,
        examples: [1e-3],
      }),
      loss: Type.Object(ranking, {
        ...closed,
        description: 'What is changed in the ranking loss.',
        default: { margin: 0, center: 0 },
        examples: [{ center: 0.01 }],
      }),
      ...trainingSettings({ batch_size: 64, weight_decay: 0 }),
    },
    closed,
  ),
  trains: shownPairs,
  check: (settings, { name }) => checkSchedule(settings.schedule, name),
});
