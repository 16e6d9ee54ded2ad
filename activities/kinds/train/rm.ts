import { collectCheckpoint } from '../../process/collect.ts';
import { inRanks, trainConfig } from '../../process/programs.ts';
import type { ProcessKind } from '../kind.ts';

/** It learns from the ranking alone, and keeps the end-of-context token of the model it starts from. */
const fixed = { task: 'rm', eoc: null };
const terms = { rank: 1, lm: 0, verdict: 0 };

/** Finetunes a reward model. */
export const trainRm: ProcessKind<'train/rm'> = {
  shape: 'process',
  program: async (dependencies, work) =>
    inRanks(dependencies, work, {
      script: 'train.py',
      config: await trainConfig(dependencies, work, { ...fixed, loss: { ...work.node.settings.loss, ...terms } }),
    }),
  collect: async (dependencies, work) => ({ out: await collectCheckpoint(dependencies, work) }),
};
