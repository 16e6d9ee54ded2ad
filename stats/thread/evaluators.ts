import type { Metrics } from '../../plan/metrics.ts';
import { evaluateAccuracy } from '../evaluate/accuracy.ts';
import { evaluateBon } from '../evaluate/bon.ts';
import { evaluateChoice } from '../evaluate/choice.ts';
import { evaluateRewardbench } from '../evaluate/rewardbench.ts';
import { evaluateRmBench } from '../evaluate/rm-bench.ts';

/** What makes metrics of each kind from scored rows. */
export const evaluators = {
  'eval/accuracy': evaluateAccuracy,
  'eval/choice': evaluateChoice,
  'eval/bon': evaluateBon,
  'eval/rewardbench': evaluateRewardbench,
  'eval/rm-bench': evaluateRmBench,
} as const;

export type EvaluatorName = keyof typeof evaluators;
type EvaluatorInput<K extends EvaluatorName> = Parameters<(typeof evaluators)[K]>[0];
export type EvaluatorRow<K extends EvaluatorName> = EvaluatorInput<K>['rows'][number];
/** What an evaluator takes beside the rows. */
export type EvaluatorOptions<K extends EvaluatorName> = Omit<EvaluatorInput<K>, 'rows'>;
export type Evaluated<K extends EvaluatorName> = ReturnType<(typeof evaluators)[K]>;

/** A piece of the rows, or, when all have been sent, what to do with them. */
export type ToThread = { rows: readonly unknown[] } | { kind: EvaluatorName; options: object };

/** The result, or why there is none. */
export type FromThread = { metrics: Metrics } | { refused: string };
