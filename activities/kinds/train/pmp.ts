import { collectCheckpoint } from '../../process/collect.ts';
import { trainConfig, trainer } from '../../process/programs.ts';
import type { ProcessKind } from '../kind.ts';

/** Pretrains a preference model. */
export const trainPmp: ProcessKind<'train/pmp'> = {
  shape: 'process',
  program: async (dependencies, work) =>
    trainer(dependencies, work, await trainConfig(dependencies, work, { task: 'pmp', head_lr: null })),
  collect: async (dependencies, work) => ({ out: await collectCheckpoint(dependencies, work) }),
};
