import { kindOf } from '../../schemas/index.ts';
import { lookAtBase, trainableBases, type BaseWeights } from '../config/bases.ts';
import type { Config } from '../../ports/configuration.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Step } from '../names/steps.ts';
import { entryOf } from '../read/tree.ts';
import type { Instances } from './instances.ts';

/**
 * Reports weights that a training starts from but the trainer does not support, as far as they are on this machine. Only warnings if
 * the plan is not to run: one may plan for weights that cannot be trained yet.
 */
export function untrainableBases({ steps, needed }: Instances, { weights }: Config, { toRun }: { toRun: boolean }): Problem[] {
  const seen = new Map<string, BaseWeights | null>();
  const look = (name: string): BaseWeights | null => {
    const path = weights[name]?.path;
    if (path !== undefined && !seen.has(name)) seen.set(name, lookAtBase(path));
    return seen.get(name) ?? null;
  };
  const problems = steps.filter(({ id }) => needed.has(id)).flatMap((step) => problemsWithBases(step, look));
  return problems.map((problem) => (toRun ? problem : { ...problem, severity: 'warning' }));
}

function problemsWithBases(step: Step, look: (name: string) => BaseWeights | null): Problem[] {
  const inputs = Object.entries(kindOf(step.kind).inputs).filter(([, { orWeights }]) => orWeights);
  return inputs.flatMap(([input]) => {
    const { name } = step.resources[input] ?? {};
    const base = name === undefined ? null : look(name);
    return name === undefined || !base ? [] : problemsWith(base, { name, input, step });
  });
}

function problemsWith({ refusal, layers }: BaseWeights, { name, input, step }: { name: string; input: string; step: Step }): Problem[] {
  const placeOfKey = (key: string) => entryOf(step.written, key)?.value.at ?? step.at;
  if (refusal !== null)
    return [
      {
        code: 'E0144',
        at: placeOfKey(input),
        message: `the weights ${name} cannot be trained`,
        expected: trainableBases,
        got: refusal,
        hint: 'name other weights',
      },
    ];
  const { layers: kept } = step.settings;
  if (layers === null || typeof kept !== 'number' || kept <= layers) return [];
  return [
    {
      code: 'E0150',
      at: placeOfKey('layers'),
      message: `${step.name} keeps more layers than the weights ${name} have`,
      expected: `at most ${layers}`,
      got: String(kept),
    },
  ];
}
