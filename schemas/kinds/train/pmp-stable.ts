import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { defineKind, type CheckedStep, type Contradiction } from '../kind.ts';
import { trainPmp } from './pmp.ts';

const { schedule: _, presentations: __, epochs: ___, ...shared } = trainPmp.settings.properties;

/**
 * The stable phase of preference pretraining under a WSD schedule: one run whose checkpoints `train/pmp-decay` branches
 * from (paper, section 5.3 and appendix A: what makes data scaling cheap). Which checkpoints are kept is part of the
 * result, so it is said here and not taken from what branches.
 */
export const trainPmpStable = defineKind({
  kind: 'train/pmp-stable',
  version: 5,
  shape: 'process',
  description: 'Warm-up and stable phase of preference pretraining, which keeps checkpoints to branch from.',
  inputs: trainPmp.inputs,
  outputs: { out: 'checkpoint' },
  models: {},
  sources: {},
  settings: Type.Object(
    {
      lr: Type.Number({
        description: 'Learning rate of the stable phase.',
        exclusiveMinimum: 0,
        maximum: 1,
        default: 3e-6,
        examples: [3e-6],
      }),
      warmup: Type.Integer({ description: 'Steps in which the learning rate rises.', minimum: 0, default: 820, examples: [820] }),
      keep: Type.Array(Type.Integer({ description: 'A number of pairs.', minimum: 1, examples: [25_200_000] }), {
        description:
          'Pairs that are seen when a checkpoint is kept for train/pmp-decay, after the whole step that shows the last of them; the run ends with the step of the largest.',
        minItems: 1,
        maxItems: 1000,
        examples: [[12_600_000, 25_200_000]],
      }),
      ...shared,
    },
    closed,
  ),
  trains: ({ keep, batch_size: batch }) => Math.ceil(Math.max(...keep) / batch) * batch,
  check: checkKept,
});

/** A decay begins at the full learning rate, so what is kept for one lies behind the warm-up. */
function checkKept(
  { keep, warmup, batch_size: batch }: { keep: number[]; warmup: number; batch_size: number },
  { name }: CheckedStep,
): Contradiction[] {
  const early = keep.filter((pairs) => pairs < warmup * batch);
  if (early.length === 0) return [];
  const isOne = early.length === 1;
  return [
    {
      key: 'keep',
      message: `${name} keeps ${isOne ? 'a checkpoint' : 'checkpoints'} inside its warm-up`,
      expected: `at least ${warmup * batch} pairs: a warmup of ${warmup} steps × a batch_size of ${batch}`,
      got: early.join(', '),
      hint: `make warmup at most ${Math.floor(Math.min(...early) / batch)}, or leave ${isOne ? 'it' : 'them'} out`,
    },
  ];
}
