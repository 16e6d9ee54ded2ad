import type { Estimate, Metrics } from '../../plan/metrics.ts';

/** One measurement as claims read it. */
export type MeasuredValues =
  /** A value for each item, in order; null where the item has none. */
  | { kind: 'values'; items: string; values: (number | null)[] }
  /** Only the whole with its interval at 95 %. */
  | { kind: 'estimate'; value: number; interval: [low: number, high: number]; n: number }
  /** Why there is no value. */
  | { kind: 'missing'; reason: string };

/** The value `name` of metrics; of Best-of-N the one at `n`, the largest where it is null. */
export function measuredValues(metrics: Metrics, { name, n }: { name: string; n: number | null }): MeasuredValues {
  if (metrics.kind === 'eval/bon') {
    if (name === 'auc') return estimated(metrics.auc);
    const at = n ?? metrics.best.at;
    const found = metrics.outcomes.find((each) => each.at === at);
    if (name === 'accuracy' && found) return { kind: 'values', items: metrics.items, values: found.values };
    const sizes = metrics.outcomes.map((each) => each.at).join(', ');
    return missing(name === 'accuracy' ? `it has no Best-of-${at}, only ${sizes || 'none'}` : `eval/bon measures no ${name}`);
  }
  if (name !== 'accuracy') return missing(`${metrics.kind} measures no ${name}`);
  return { kind: 'values', items: metrics.items, values: Array.from(metrics.outcomes, (outcome) => (outcome === '1' ? 1 : 0)) };
}

function estimated({ value, interval, n }: Estimate): MeasuredValues {
  return value === null || interval === null ? missing('no item has a value') : { kind: 'estimate', value, interval, n };
}

function missing(reason: string): MeasuredValues {
  return { kind: 'missing', reason };
}
