import { collectCheckpoint } from '../../process/collect.ts';
import { inRanks, trainConfig } from '../../process/programs.ts';
import type { ProcessKind } from '../kind.ts';

/**
 * Pretrains a preference model at a constant rate, and keeps the states that decays begin from. Its last step is a whole one: a decay
 * begins with the step after it.
 */
export const trainPmpStable: ProcessKind<'train/pmp-stable'> = {
  shape: 'process',
  async program(dependencies, work) {
    const { lr, warmup, keep, batch_size } = work.node.settings;
    const schedule = { kind: 'stable', lr, warmup };
    const { lr: _, warmup: __, ...config } = await trainConfig(dependencies, work, {
      task: 'pmp',
      head_lr: null,
      schedule,
      epochs: 1,
      presentations: Math.ceil(Math.max(...keep) / batch_size) * batch_size,
    });
    return inRanks(dependencies, work, { script: 'train.py', config });
  },
  collect: async (dependencies, work) => ({ out: await collectCheckpoint(dependencies, work) }),
};
