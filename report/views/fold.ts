import type { Metrics } from '../../plan/index.ts';
import { estimateFold, measuredValues } from '../../stats/index.ts';
import type { MetricAddress } from '../../stats/index.ts';
import type { ViewCell } from '../../ports/report.ts';

type FoldedValue = Pick<ViewCell, 'value' | 'interval' | 'n' | 'clusters' | 'target' | 'reason'>;

/** The mean of one value over the seeds of a cell, with its interval, or why there is none. */
export function foldSeeds(seeds: readonly Metrics[], address: MetricAddress): FoldedValue {
  const measured = seeds.map((metrics) => measuredValues(metrics, address));
  const { value, interval, n, clusters, target, reason } = estimateFold({ seeds: measured });
  return { value, interval, n, ...(clusters < n && { clusters }), target, ...(reason !== undefined && { reason }) };
}
