import { measuredNames } from '../plan/benchmarks.ts';
import type { BonMetrics, Metrics } from '../plan/metrics.ts';
import { valuesOf } from './evaluate/pair-outcomes.ts';
import { rewardbenchItemWeights } from './evaluate/rewardbench.ts';
import { rmBenchItemWeights } from './evaluate/rm-bench.ts';

/** One value of metrics with what it rests on. */
export type MeasuredValues =
  | {
      kind: 'values';
      /** Fingerprint of the items; values of equal items can be paired. */
      items: string;
      /** For each item, in order; null where the item has none. */
      values: (number | null)[];
      /** What each item counts; left out where all count the same. */
      weights?: number[];
      /** Cluster of each item; left out where each is one of its own. */
      clusters?: number[];
      /** Trainings that the measured model rests on, from the first to its own; left out: one that no other measurement rests on. */
      trainings?: readonly string[];
    }
  /** Why there is no value. */
  | { kind: 'missing'; reason: string };

/** Which value: its name, and which N of Best-of-N; null is the largest. */
export interface MetricAddress {
  name: string;
  n: number | null;
}

/**
 * The value of metrics that a claim or a view names: `accuracy`; of Best-of-N also `auc`, `pass1`, `majority`,
 * `weighted-majority` and `longest`; of RewardBench `overall`, a section or a subset; of RM-Bench `overall`, a domain, a level,
 * or both as `code/hard`.
 */
export function measuredValues(metrics: Metrics, { name, n }: MetricAddress): MeasuredValues {
  if (metrics.kind === 'eval/bon') return bonValues(metrics, { name, n });
  const { kind, items, clusters, outcomes } = metrics;
  if (!(measuredNames[kind] as readonly string[]).includes(name)) return missing(`${kind} measures no ${name}`);
  const measured = { kind: 'values' as const, items, values: valuesOf(outcomes), ...(clusters && { clusters }) };
  if (kind === 'eval/accuracy' || kind === 'eval/choice') return measured;
  const weights = kind === 'eval/rewardbench' ? rewardbenchItemWeights(metrics, name) : rmBenchItemWeights(metrics, name);
  return weights ? { ...measured, weights } : missing(name === 'overall' ? 'a part of it has no pairs' : `it has no pairs of ${name}`);
}

function bonValues(metrics: BonMetrics, { name, n }: MetricAddress): MeasuredValues {
  const { items } = metrics;
  if (name === 'auc') return { kind: 'values', items, values: metrics.aucs };
  const selector = { accuracy: 'model', pass1: 'random' }[name] ?? name;
  const own = metrics.outcomes.filter((each) => each.name === selector);
  if (own.length === 0) return missing(`eval/bon measures no ${name}`);
  const at = selector === 'random' ? 1 : (n ?? metrics.best.at);
  const found = own.find((each) => each.at === at);
  return found ? { kind: 'values', items, values: found.values } : missing(`it has no Best-of-${at}, only ${own.map((each) => each.at).join(', ')}`);
}

function missing(reason: string): MeasuredValues {
  return { kind: 'missing', reason };
}
