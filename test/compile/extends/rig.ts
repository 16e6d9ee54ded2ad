import { compile } from '../../../compile/index.ts';
import type { CompileOptions, Compiled } from '../../../compile/index.ts';
import type { Plan } from '../../../plan/index.ts';
import { config } from '../rig.ts';

export interface Files {
  [file: string]: string;
}

/** Compiles `pipeline.yaml` of these files. */
export function compileFiles(files: Files, options: Partial<CompileOptions> = {}): Compiled {
  const { 'pipeline.yaml': source = '', ...bases } = files;
  return compile({ source, file: 'pipeline.yaml', files: bases, config, ...options });
}

/** The plan of files that are expected to be right. */
export function planOfFiles(files: Files, options: Partial<CompileOptions> = {}): Plan {
  const { plan, rendered } = compileFiles(files, options);
  if (!plan) throw new Error(rendered.join('\n\n'));
  return plan;
}

/** Keys of all nodes. */
export function allKeys({ nodes }: Plan): string[] {
  return nodes.map(({ key }) => key).sort();
}

/** A plan without the places in the files it was written in, and without the sizes of messages, in which they stand. */
export function withoutPlaces({ nodes, claims, estimate, ...plan }: Plan): object {
  const rest = nodes.map((node) => ({ ...node, at: null }));
  return { ...plan, nodes: rest, claims: claims.map((claim) => ({ ...claim, at: null })), estimate: { ...estimate, history: null } };
}

/** A small study with a param, a model and a sweep. */
export const base = `codepmp: 1
name: base
params:
  seed: {type: integer, default: 1, minimum: 0}
  pairs: {type: integer, default: 100}
models:
  solver: {endpoint: local-weak, temperature: 0.5, max_tokens: 64, stop: ["\\n\\n"]}
steps:
  data: {uses: dataset/arithmetic, with: {train: $pairs, questions: 8}}
  rm:
    uses: train/rm
    with: {init: smollm2-135m-instruct, pairs: data.train, schedule: {kind: wcd, lr: 5e-4, warmup: 0.1}, seed: $seed}
    run: {pool: local}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
  samples: {uses: candidates, with: {questions: data.questions, model: solver, n: 4}}
  graded: {uses: grade, with: {candidates: samples}}
  bon: {uses: eval/bon, with: {model: rm, candidates: graded, n: [1, 4]}}
sweeps:
  scale: {grid: {pairs: [50, 100]}, seeds: [1, 2]}
budget: {calls: 1000, money: 5}
`;

/** A file over `base.yaml`. */
export function over(text: string, file = './base.yaml'): string {
  return `codepmp: 1\nextends: ${file}\n${text}`;
}
