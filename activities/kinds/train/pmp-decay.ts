import type { SettingsOf } from '../../../schemas/index.ts';
import { classified } from '../../../ports/failure.ts';
import { collectCheckpoint } from '../../process/collect.ts';
import { inRanks, trainConfig } from '../../process/programs.ts';
import type { ProcessKind } from '../kind.ts';

/** Goes on from a state that a stable training kept, with the same settings and a rate that falls. */
export const trainPmpDecay: ProcessKind<'train/pmp-decay'> = {
  shape: 'process',
  async program(dependencies, work) {
    const { id, settings } = work.node;
    const { at, decay, decay_shape, seed } = settings;
    const { meta } = await dependencies.artifacts.readManifest(work.inputs.stable[0] ?? '');
    const stable = meta['settings'] as unknown as SettingsOf<'train/pmp-stable'>;
    const begin = Math.round(at * (1 - decay));
    if (!stable.keep.includes(begin))
      throw classified('invalid', `${id}: the stable training keeps no state at ${begin} pairs, but at ${stable.keep.join(', ')}. Add it to keep`);
    const { lr, warmup: _, ...shared } = stable;
    const { at: __, decay: ___, decay_shape: ____, ...config } = await trainConfig(dependencies, work, {
      ...shared,
      task: 'pmp',
      head_lr: null,
      layers: null,
      keep: [],
      branch: `kept-${begin}.safetensors`,
      schedule: { kind: 'decay', lr, decay_shape, begin: Math.ceil(begin / stable.batch_size) },
      epochs: 1,
      presentations: at,
      seed,
    });
    return inRanks(dependencies, work, { script: 'train.py', config });
  },
  collect: async (dependencies, work) => ({ out: await collectCheckpoint(dependencies, work) }),
};
