import { collectCheckpoint } from '../../process/collect.ts';
import { inRanks, trainConfig } from '../../process/programs.ts';
import type { ProcessKind } from '../kind.ts';

/** Pretrains a preference model. */
export const trainPmp: ProcessKind<'train/pmp'> = {
  shape: 'process',
  program: async (dependencies, work) =>
    inRanks(dependencies, work, { script: 'train.py', config: await trainConfig(dependencies, work, { task: 'pmp', head_lr: null }) }),
  collect: async (dependencies, work) => ({ out: await collectCheckpoint(dependencies, work) }),
};
