import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, loadConfig } from '../../compile/index.ts';
import type { Config } from '../../ports/configuration.ts';
import type { Plan } from '../../plan/index.ts';

const home = join(import.meta.dirname, '..', '..');

/** The configuration of the shipped pipelines. */
export function benchConfig(): Config {
  return loadConfig({ folder: join(home, 'pipelines'), file: 'paper.config.yaml', home }).config;
}

/** A right file of some 500 lines: many reward models over one set of pairs, each with its settings written out. */
export function largeFile(): string {
  const models = Array.from({ length: 38 }, (_, index) => reward(index)).join('');
  return `${head}  seed: {type: integer, default: 1}\n${start}${models}`;
}

/** 100 × 100 cells over 12 steps. `unshared` varies what everything is made from. */
export function largeSweep(kind: 'shared' | 'unshared'): string {
  const list = (step: number) => `[${Array.from({ length: 10 }, (_, index) => (index + 1) * step).join(', ')}]`;
  const params =
    '  seed: {type: integer, default: 1}\n  take: {type: integer, default: 50}\n  keep: {type: number, default: 0.5}\n  rm_pairs: {type: integer, default: 300}\n';
  const source = kind === 'unshared' ? 'take: $take, seed: $seed' : 'take: 50';
  const train = kind === 'unshared' ? 'seed: 1' : 'seed: $seed, batch_size: $take';
  const end = `  rm: {uses: train/rm, with: {init: pmp, pairs: math.train, ${train}}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: math.test}}
  choice: {uses: eval/choice, with: {model: rm, choices: math.choices}}
  report: {uses: report, with: {metrics: [accuracy, choice]}}
sweeps:
  all: {grid: {take: ${list(10)}, keep: ${list(0.1)}, rm_pairs: ${list(100)}}, seeds: ${list(1)}}
`;
  const begin = start.replace('take: 50', source).replace('keep: 0.5', 'keep: $keep').replace('train: 300', 'train: $rm_pairs');
  return `${head}${params}${begin}${end}`;
}

/** The whole paper as one plan. */
export function paper(): Plan {
  const file = 'pipelines/paper.yaml';
  const { plan, rendered } = compile({ source: readFileSync(join(home, file)), file, config: benchConfig() });
  if (!plan) throw new Error(rendered.join('\n\n'));
  return plan;
}

/** How often work of each kind would run if every cell ran alone. */
export function stepsWithoutMerging(plan: Plan): { [kind: string]: number } {
  const kinds = new Map(plan.nodes.map(({ id, kind }) => [id, kind]));
  const counts: { [kind: string]: number } = {};
  for (const { nodes } of plan.cells)
    for (const id of Object.values(nodes)) counts[kinds.get(id) ?? ''] = (counts[kinds.get(id) ?? ''] ?? 0) + 1;
  return counts;
}

const head = 'codepmp: 1\nname: large\nparams:\n';

const start = `models:
  strong: {endpoint: local-strong, max_tokens: 256}
  weak: {endpoint: local-weak, max_tokens: 256, temperature: 0.9}
steps:
  code: {uses: source/files, with: {source: python-stdlib, take: 50}}
  prompts: {uses: summarize, with: {corpus: code, model: strong}}
  half: {uses: clip, with: {prompts: prompts, keep: 0.5}}
  chosen: {uses: respond, with: {prompts: prompts, model: strong}}
  rejected: {uses: respond, with: {prompts: half, model: weak}}
  pairs: {uses: pair, with: {prompts: prompts, chosen: chosen, rejected: rejected}}
  pmp: {uses: train/pmp, with: {base: smollm2-135m-instruct, pairs: pairs}}
  math: {uses: dataset/arithmetic, with: {train: 300}}
`;

function reward(index: number): string {
  return `  rm-${index}:
    uses: train/rm
    with:
      init: pmp
      pairs: math.train
      schedule:
        kind: wcd
        lr: ${index + 1}e-6
      batch_size: 64
      seed: $seed
  accuracy-${index}:
    uses: eval/accuracy
    with: {model: rm-${index}, pairs: math.test}
`;
}
