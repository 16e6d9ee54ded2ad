import type { Kind } from '../../schemas/index.ts';
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
import type { WorkOf } from './kind.ts';
import { pairGraded } from './pair/graded.ts';
import { pair } from './pair.ts';
import { pairWeb } from './pair/web.ts';
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

/** The work of every kind that runs; a kind of `schemas/kinds/index.ts` that runs and is missing here does not type-check. */
export const works = {
  'source/files': sourceFiles,
  'source/git': sourceGit,
  'source/github': sourceGithub,
  'source/jsonl': sourceJsonl,
  'source/parquet': sourceParquet,
  'source/web': sourceWeb,
  clean,
  summarize,
  clip,
  respond,
  'write-tests': writeTests,
  execute,
  pair,
  'pair/web': pairWeb,
  select,
  'pair/graded': pairGraded,
  'dataset/arithmetic': datasetArithmetic,
  'dataset/code-ultrafeedback': datasetCodeUltrafeedback,
  'dataset/gsm8k': datasetGsm8k,
  'dataset/logiqa2': datasetLogiqa2,
  'dataset/math-shepherd': datasetMathShepherd,
  'dataset/math': datasetMath,
  'dataset/preference': datasetPreference,
  'dataset/reclor': datasetReclor,
  'dataset/rewardbench': datasetRewardbench,
  'dataset/rm-bench': datasetRmBench,
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
} satisfies { [K in Kind]: WorkOf<K> };
