import type { BonMetrics } from '../plan/metrics.ts';
import type { ReportInput, ReportSource, ScoredTexts } from '../ports/report.ts';

/** Where a source's manifest lies, from the store's folder. */
export function manifestPath({ artifact }: ReportSource): string {
  return `blobs/${artifact.slice(0, 2)}/${artifact}`;
}

/** Everything the report is made of, in the order of the input: metrics, training, data. */
export function sourcesOf({ metrics, training, data }: ReportInput): ReportSource[] {
  return [...metrics, ...training, ...data].map(({ step, key, artifact }) => ({ step, key, artifact }));
}

/** Metrics of one kind with their place among the sources and the name of their row. */
export function metricsOf<K extends string>({ metrics }: ReportInput, kind: K) {
  return metrics.flatMap((entry, source) => {
    const found = entry.metrics as typeof entry.metrics & { kind: K };
    return entry.metrics.kind === kind ? [{ ...entry, metrics: found, source, label: entry.model ?? entry.step }] : [];
  });
}

/** Metrics of Best-of-N as `metricsOf` gives them. */
export interface BonEntry {
  metrics: BonMetrics;
  label: string;
  source: number;
  dataset?: string;
  scored?: ScoredTexts;
}

/** Entries measured on the same items, sets in order of appearance. Only these may share a table block or be paired. */
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
