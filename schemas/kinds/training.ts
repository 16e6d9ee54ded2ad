import { Type } from '@sinclair/typebox';
import { choice, closed, orNull } from '../fields.ts';
import { keptItems, multipliedItems, seedSetting } from './drawn.ts';
import type { Contradiction } from './kind.ts';

/** Course of the decay of WSD. */
export const decayShape = choice(['linear', 'cosine', '1-sqrt'], {
  description: 'How the learning rate of wsd falls: along a line, half a cosine, or 1 less the square root of the part that is over.',
  default: 'linear',
  examples: ['cosine'],
});

const margin = Type.Number({
  description: 'By how much the chosen score has to be above the rejected one; the ranking loss is −log σ(chosen − rejected − margin).',
  minimum: 0,
  default: 0,
  examples: [0.5],
});
const center = Type.Number({
  description: 'Weight, within the ranking loss, of (chosen + rejected)², which keeps scores around 0.',
  minimum: 0,
  default: 0,
  examples: [0.01],
});

/** What can be changed in the ranking loss. */
export const ranking = { margin, center };

/** The two schedules of the paper, with the ratios of its Table 3 as defaults. */
export function schedule(defaults: { kind: 'wsd' | 'wcd'; lr: number }) {
  const properties = {
    kind: choice(['wsd', 'wcd'], {
      description: 'wsd: linear warm-up, stable, decay. wcd: linear warm-up, cosine decay.',
      default: defaults.kind,
      examples: ['wsd', 'wcd'],
    }),
    lr: Type.Number({
      description: 'Highest learning rate.',
      exclusiveMinimum: 0,
      maximum: 1,
      default: defaults.lr,
      examples: [defaults.lr],
    }),
    warmup: Type.Number({
      description: 'Share of all steps in which the learning rate rises.',
      minimum: 0,
      maximum: 1,
      default: 0.03,
      examples: [0.03, 0.25],
    }),
    decay: Type.Number({
      description: 'Share of all steps in which the learning rate of wsd falls; wcd does not use it.',
      minimum: 0,
      maximum: 1,
      default: 0.1,
      examples: [0.1],
    }),
    decay_shape: decayShape,
  };
  const whole = { ...defaults, warmup: 0.03, decay: 0.1, decay_shape: 'linear' };
  return Type.Object(properties, {
    ...closed,
    description: 'How the learning rate moves over the training.',
    default: whole,
    examples: [whole],
  });
}

/** Settings that both trainings share. Defaults are the 1.5B columns of the paper's Table 3 where it has one. */
export function trainingSettings(defaults: { batch_size: number; weight_decay: number }) {
  return {
    layers: orNull('integer', {
      description: 'Keeps the first layers of the base model only; null keeps all.',
      minimum: 1,
      default: null,
      examples: [6],
    }),
    batch_size: Type.Integer({
      description: 'Pairs in a step, over all processes.',
      minimum: 1,
      default: defaults.batch_size,
      examples: [defaults.batch_size],
    }),
    micro_batch: Type.Integer({
      description: 'Pairs one process treats at once; what does not fit is accumulated.',
      minimum: 1,
      default: 2,
      examples: [4],
    }),
    weight_decay: Type.Number({ description: 'Weight decay of AdamW.', minimum: 0, default: defaults.weight_decay, examples: [0.1] }),
    max_length: Type.Integer({
      description:
        'Tokens of prompt and response together, in training and in scoring. If they are more, the prompt is cut at its start, at most to three quarters of this length, and then the response at its end.',
      minimum: 8,
      default: 1024,
      examples: [1024],
    }),
    epochs: Type.Integer({ description: 'Passes over the pairs.', minimum: 1, default: 1, examples: [1] }),
    presentations: orNull('integer', {
      description: 'Ends the training after so many pairs were shown; null: after all epochs.',
      minimum: 1,
      default: null,
      examples: [32],
    }),
    checkpoint_every: Type.Integer({
      description: 'Steps between two checkpoints; a killed training repeats fewer steps than this.',
      minimum: 1,
      default: 100,
      examples: [5],
    }),
    held_out: Type.Number({
      description:
        'Share of the pairs that is not trained on, with all pairs of an origin. The model is measured with them at every checkpoint, and the best one is the result; 0: none, and the last state is the result.',
      minimum: 0,
      maximum: 0.5,
      default: 0,
      examples: [0.01],
    }),
    seed: seedSetting('Seed of the new head and of the order of pairs.'),
  };
}

/** Pairs that a training shows at most: those of all epochs, or as many as `presentations` allows. */
export function shownPairs(
  { epochs, presentations }: { epochs: number; presentations: number | null },
  pairs: number | null,
): number | null {
  return keptItems(presentations, multipliedItems(pairs, epochs));
}

/** A warm-up and a decay that together are longer than the training. */
export function checkSchedule({ kind, warmup, decay }: { kind: string; warmup: number; decay: number }, step: string): Contradiction[] {
  if (kind !== 'wsd' || warmup + decay <= 1) return [];
  return [
    {
      key: 'schedule',
      message: `warmup and decay of ${step} are longer than the training`,
      expected: 'a sum of at most 1',
      got: `${warmup} + ${decay}`,
      hint: 'make one of them smaller',
    },
  ];
}
