import { collectCheckpoint } from '../../process/collect.ts';
import { torchrun, trainConfig } from '../../process/programs.ts';
import type { ProcessKind } from '../kind.ts';

/** Finetunes a reward model. */
export const trainRm: ProcessKind<'train/rm'> = {
  shape: 'process',
  program: async (dependencies, work) => torchrun(dependencies, work, await trainConfig(dependencies, work, 'rm')),
  collect: async (dependencies, work) => ({ out: await collectCheckpoint(dependencies, work) }),
};
