import type { TrainingVariance } from '../bound.ts';

/** The values of one cell: a row for each seed, a column for each item. */
export interface CellTable {
  rows: number[][];
  /** Of mean 1. */
  weights: readonly number[];
  clusters: readonly number[];
  /** What the mean of one row counts in the whole. */
  share: number;
}

/**
 * What the seeds of cells add to the variance of a sum of their means. The variance between the means of a cell's rows holds
 * what the sampling of items adds to it, which the variance over items holds already: that part, from the residuals of items
 * and seeds, is taken off. Null where some cell has one row only, which says nothing of seeds.
 */
export function trainingVariance(tables: readonly CellTable[]): TrainingVariance | null {
  if (tables.length === 0 || tables.some(({ rows }) => rows.length < 2)) return null;
  const parts = tables.map((table) => {
    const { rows, weights, share } = table;
    const means = rows.map((row) => row.reduce((sum, value, item) => sum + value * (weights[item] ?? 0), 0) / row.length);
    const centre = means.reduce((sum, each) => sum + each, 0) / means.length;
    const between = means.reduce((sum, each) => sum + (each - centre) ** 2, 0) / (rows.length - 1);
    const scale = rows.length * share ** 2;
    return { variance: scale * between, sampled: scale * residualVariance(table, means), freedom: rows.length - 1 };
  });
  const excess = parts.reduce((sum, { variance, sampled }) => sum + variance - sampled, 0);
  return { excess, parts: parts.map(({ variance, freedom }) => ({ variance, freedom })) };
}

/** Variance of the mean of one row that the sampling of items explains. */
function residualVariance({ rows, weights, clusters }: CellTable, means: readonly number[]): number {
  const centre = means.reduce((sum, each) => sum + each, 0) / means.length;
  const items = rows[0]?.length ?? 0;
  const itemMeans = Array.from({ length: items }, (_, item) => rows.reduce((sum, row) => sum + (row[item] ?? 0), 0) / rows.length);
  const groups = new Set(clusters).size;
  let squares = 0;
  rows.forEach((row, seed) => {
    const sums = new Map<number, number>();
    row.forEach((value, item) => {
      const residual = value - (itemMeans[item] ?? 0) - (means[seed] ?? 0) + centre;
      const cluster = clusters[item] ?? item;
      sums.set(cluster, (sums.get(cluster) ?? 0) + residual * (weights[item] ?? 0));
    });
    for (const sum of sums.values()) squares += sum ** 2;
  });
  return groups < 2 ? 0 : (squares * groups) / ((groups - 1) * (rows.length - 1) * items ** 2);
}
