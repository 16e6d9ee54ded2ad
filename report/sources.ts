import type { BonMetrics, Metrics } from '../plan/index.ts';
import type { ReportInput, ReportSource } from '../ports/report.ts';

/** Everything the report is made of, in the order of the input: metrics, training, data. */
export function sourcesOf({ metrics, training, data }: ReportInput): ReportSource[] {
  return [...metrics, ...training, ...data].map(({ step, key, artifact, at }) => ({ step, key, artifact, ...(at && { at }) }));
}

/** Metrics of one kind, with the name of their row and their place among the sources. */
export interface MeasuredEntry<M extends Metrics> {
  metrics: M;
  label: string;
  source: number;
  dataset?: string;
}

/** Measured Best-of-N. */
export type BonEntry = MeasuredEntry<BonMetrics>;

/** Metrics of one kind in the order of the input. */
export function metricsOf<K extends Metrics['kind']>({ metrics }: ReportInput, kind: K): MeasuredEntry<Extract<Metrics, { kind: K }>>[] {
  return metrics.flatMap(({ metrics: measured, model, step, dataset }, source) => {
    if (measured.kind !== kind) return [];
    const found = measured as Extract<Metrics, { kind: K }>;
    return [{ metrics: found, label: model ?? step, source, ...(dataset !== undefined && { dataset }) }];
  });
}

/** Entries measured on the same items, sets in order of appearance. Only these may share a block of a table. */
export function bySet<T extends { metrics: { items: string }; dataset?: string }>(entries: readonly T[]) {
  const sets = new Map<string, T[]>();
  for (const entry of entries) {
    const set = sets.get(entry.metrics.items);
    if (set) set.push(entry);
    else sets.set(entry.metrics.items, [entry]);
  }
  return [...sets.values()].map((members, index) => ({
    heading: members.find(({ dataset }) => dataset !== undefined)?.dataset ?? (sets.size > 1 ? `Set ${index + 1}` : null),
    members,
  }));
}
