import type { Static } from '@sinclair/typebox';
import type { PlanNode } from '../../plan/index.ts';
import { candidates } from './candidates.ts';
import { clean } from './clean.ts';
import { clip } from './clip.ts';
import { datasetArithmetic } from './dataset/arithmetic.ts';
import { datasetCodeUltrafeedback } from './dataset/code-ultrafeedback.ts';
import { datasetGsm8k } from './dataset/gsm8k.ts';
import { datasetLogiqa2 } from './dataset/logiqa2.ts';
import { datasetMathShepherd } from './dataset/math-shepherd.ts';
import { datasetMath } from './dataset/math.ts';
import { datasetPreference } from './dataset/preference.ts';
import { datasetReclor } from './dataset/reclor.ts';
import { datasetRewardbench } from './dataset/rewardbench.ts';
import { datasetRmBench } from './dataset/rm-bench.ts';
import { evalAccuracy } from './eval/accuracy.ts';
import { evalBon } from './eval/bon.ts';
import { evalChoice } from './eval/choice.ts';
import { evalRewardbench } from './eval/rewardbench.ts';
import { evalRmBench } from './eval/rm-bench.ts';
import { execute } from './execute.ts';
import { grade } from './grade.ts';
import { judge } from './judge.ts';
import type { KindDefinition } from './kind.ts';
import { pairGraded } from './pair/graded.ts';
import { pairWeb } from './pair/web.ts';
import { pair } from './pair.ts';
import { report } from './report.ts';
import { respond } from './respond.ts';
import { select } from './select.ts';
import { sourceFiles } from './source/files.ts';
import { sourceGit } from './source/git.ts';
import { sourceGithub } from './source/github.ts';
import { sourceJsonl } from './source/jsonl.ts';
import { sourceParquet } from './source/parquet.ts';
import { sourceWeb } from './source/web.ts';
import { summarize } from './summarize.ts';
import { trainPmpDecay } from './train/pmp-decay.ts';
import { trainPmpStable } from './train/pmp-stable.ts';
import { trainPmp } from './train/pmp.ts';
import { trainRm } from './train/rm.ts';
import { writeTests } from './write-tests.ts';

/** Every kind of step by its name. One that runs has a line in the table of `activities/kinds/index.ts` as well. */
const kinds = {
  'source/files': sourceFiles,
  'source/git': sourceGit,
  'source/github': sourceGithub,
  'source/parquet': sourceParquet,
  'source/jsonl': sourceJsonl,
  'source/web': sourceWeb,
  clean,
  summarize,
  clip,
  respond,
  'write-tests': writeTests,
  execute,
  pair,
  'pair/web': pairWeb,
  'pair/graded': pairGraded,
  select,
  'dataset/arithmetic': datasetArithmetic,
  'dataset/math-shepherd': datasetMathShepherd,
  'dataset/reclor': datasetReclor,
  'dataset/logiqa2': datasetLogiqa2,
  'dataset/code-ultrafeedback': datasetCodeUltrafeedback,
  'dataset/gsm8k': datasetGsm8k,
  'dataset/math': datasetMath,
  'dataset/rewardbench': datasetRewardbench,
  'dataset/rm-bench': datasetRmBench,
  'dataset/preference': datasetPreference,
  'train/pmp': trainPmp,
  'train/pmp-stable': trainPmpStable,
  'train/pmp-decay': trainPmpDecay,
  'train/rm': trainRm,
  candidates,
  grade,
  judge,
  'eval/accuracy': evalAccuracy,
  'eval/choice': evalChoice,
  'eval/bon': evalBon,
  'eval/rewardbench': evalRewardbench,
  'eval/rm-bench': evalRmBench,
  report,
} satisfies { [name: string]: KindDefinition };

/** The `uses` of a step. */
export type Kind = keyof typeof kinds;

/** The definition of a kind, as narrow as it is written. */
export type DefinitionOf<K extends Kind> = (typeof kinds)[K];

/** Settings of a node of this kind as its activity finds them, every default filled in. */
export type SettingsOf<K extends Kind> = Static<(typeof kinds)[K]['settings']>;

/** Names of all kinds in the order of the work. */
export const kindNames = Object.keys(kinds) as Kind[];

/** The definition of a kind, as wide as its type. Throws where there is none of this name. */
export function kindOf(kind: string): KindDefinition {
  if (!isKind(kind)) throw new Error(`there is no kind ${kind}`);
  return kinds[kind];
}

export function isKind(name: unknown): name is Kind {
  return typeof name === 'string' && Object.hasOwn(kinds, name);
}

/** How many items a node makes from one item. */
export function perItem({ kind, settings }: Pick<PlanNode, 'kind' | 'settings'>): number {
  return kindOf(kind).items?.(settings, () => 1)['out'] ?? 1;
}

/** Format of the prompts that a kind makes. Throws for a kind that makes none of its own. */
export function promptFormatOf(kind: string): string {
  const { promptFormat } = kindOf(kind);
  if (promptFormat === undefined) throw new Error(`${kind} makes no prompts of its own`);
  return promptFormat;
}

/** The input of a kind that takes a checkpoint: the model that a step starts from or measures. Empty where there is none. */
export function modelInputOf(kind: string): string {
  const [input = ''] = Object.entries(kindOf(kind).inputs).find(([, { types }]) => types.includes('checkpoint')) ?? [];
  return input;
}
