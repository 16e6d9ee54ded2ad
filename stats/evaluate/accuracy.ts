import type { AccuracyMetrics } from '../../plan/metrics.ts';
import { estimateMean } from '../interval.ts';
import { groupItems } from './groups.ts';
import { pairOutcomes, valuesOf } from './pair-outcomes.ts';
import type { ScoredPairs } from './pair-outcomes.ts';

/**
 * Share of pairs whose chosen answer scores strictly higher, also by kind of error. Throws a RangeError for a score that is
 * not a number.
 */
export function evaluateAccuracy(pairs: ScoredPairs): AccuracyMetrics {
  const measured = pairOutcomes(pairs);
  const { groups } = groupItems(pairs.rows.map(({ kind }) => kind ?? ''), measured);
  return {
    kind: 'eval/accuracy',
    accuracy: estimateMean({ ...measured, values: valuesOf(measured.outcomes) }),
    kinds: groups.map(({ name, ...rest }) => ({ kind: name, ...rest })),
    ...measured,
  };
}
