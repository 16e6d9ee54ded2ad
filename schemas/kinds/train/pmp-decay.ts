import { Type } from '@sinclair/typebox';
import { closed } from '../../fields.ts';
import { seedSetting } from '../drawn.ts';
import { defineKind, settingsAs, type CheckedStep, type Contradiction } from '../kind.ts';
import { decayShape } from '../training.ts';
import { trainPmpStable } from './pmp-stable.ts';

/** One point of data scaling: a stable run left at a number of pairs, its learning rate decayed to the end. */
export const trainPmpDecay = defineKind({
  kind: 'train/pmp-decay',
  version: 4,
  shape: 'process',
  description: 'Branches from a checkpoint that a stable run kept and lets the learning rate decay.',
  inputs: {
    stable: { description: 'Stable run to branch from.', types: ['checkpoint'] },
    pairs: { description: 'The pairs of the stable run.', types: ['pairs'] },
  },
  outputs: { out: 'checkpoint' },
  models: {},
  sources: {},
  settings: Type.Object(
    {
      at: Type.Integer({ description: 'Pairs seen when the whole training ends.', minimum: 1, examples: [1_000_000] }),
      decay: Type.Number({
        description: 'Share of them that falls into the decay; the stable run keeps a checkpoint where it begins.',
        exclusiveMinimum: 0,
        maximum: 1,
        default: 0.1,
        examples: [0.1],
      }),
      decay_shape: decayShape,
      seed: seedSetting('Seed of the order of pairs: that of the stable run.'),
    },
    closed,
  ),
  trains: ({ at, decay }) => Math.ceil(at * decay),
  check({ at, decay, seed }, step) {
    const stable = step.reads('stable');
    const settings = settingsAs(stable, trainPmpStable);
    if (!stable || !settings) return [];
    const { keep: kept, batch_size: batch } = settings;
    const begin = Math.round(at * (1 - decay));
    const others = checkOrder(step, stable, { seed, begun: settings.seed });
    const isKept = kept.includes(begin);
    if (isKept && Math.ceil(begin / batch) === Math.ceil(at / batch)) return [...others, withoutSteps(step.name, { at, begin, batch })];
    if (isKept) return others;
    return [
      ...others,
      {
        key: 'at',
        message: `the decay of ${step.name} begins after ${begin} pairs, where ${stable.name} keeps no checkpoint`,
        expected: `a decay that begins after ${oneOfKept(kept)} pairs`,
        got: `${at} · (1 − ${decay}) = ${begin}`,
        hint: `add ${begin} to keep of ${stable.name}`,
      },
    ];
  },
});

/** A decay goes on in the order of its stable run: in another one it would show pairs again, and others never. */
function checkOrder(step: CheckedStep, stable: CheckedStep, { seed, begun }: { seed: number; begun: number }): Contradiction[] {
  const problem = { message: `${step.name} does not go on in the order of pairs that ${stable.name} began` };
  const [own, first] = [step.work('pairs'), stable.work('pairs')];
  if (own !== null && first !== null && own !== first)
    return [{ ...problem, key: 'pairs', expected: `the pairs of ${stable.name}`, hint: `name the pairs that ${stable.name} reads` }];
  if (seed === begun) return [];
  const hint = `give ${step.name} the seed of ${stable.name}`;
  return [{ ...problem, key: 'seed', expected: `seed ${begun}, as ${stable.name} has`, got: `${seed}`, hint }];
}

function withoutSteps(name: string, { at, begin, batch }: { at: number; begin: number; batch: number }): Contradiction {
  return {
    key: 'at',
    message: `the decay of ${name} has no step of its own`,
    expected: 'an end in a later step than the beginning',
    got: `pairs ${begin} and ${at} in one step of ${batch}`,
    hint: 'raise at or decay, or lower batch_size of the stable run',
  };
}

/** Numbers that are kept, at most a dozen of them. */
function oneOfKept(kept: number[]): string {
  const more = kept.length > 12 ? ` and ${kept.length - 12} more` : '';
  return `${kept.length > 1 ? 'one of ' : ''}${kept.slice(0, 12).join(', ')}${more}`;
}
