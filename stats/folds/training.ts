import type { TrainingVariance } from '../bound.ts';

/** Measurements of one cell on one set of items: a row for each, a column for each item. */
export interface CellTable {
  /** Shared by the tables of one cell. */
  cell: string;
  rows: number[][];
  /** The training behind each row. */
  trainings: readonly string[];
  /** What the mean of one row counts in the whole; below 0 where it is taken off. */
  share: number;
}

/** The cells that were measured on one set of items. */
export interface SetTables {
  tables: readonly CellTable[];
  /** Of mean 1. */
  weights: readonly number[];
  clusters: readonly number[];
}

/**
 * What trainings add to the variance of a sum of means of cells. A training counts once, however often it was measured: by the
 * sum, over all cells and sets, of how it deviates from the other trainings of a cell. So what it does to both sides of a
 * difference cancels, and what it does on several sets adds up. The squares of these sums hold what the sampling of items adds
 * to them, which the variance over items holds already: that part, from the residuals of items and trainings, is taken off.
 * Null where some cell has one training only, which says nothing of others.
 */
export function trainingVariance(sets: readonly SetTables[]): TrainingVariance | null {
  const tables = sets.flatMap((set) => set.tables);
  if (tables.length === 0 || tables.some(({ trainings }) => new Set(trainings).size < 2)) return null;
  const effects = effectsIn(sets);
  const excess = effects.reduce((sum, { effect, sampled }) => sum + effect ** 2 - sampled, 0);
  const alike = [...Map.groupBy(effects, ({ cells }) => [...cells].sort().join()).values()];
  const parts = alike.map((group) => ({
    variance: group.reduce((sum, { effect }) => sum + effect ** 2, 0),
    freedom: Math.max(1, group.length - 1),
  }));
  return { excess, parts };
}

/** How one training deviates from the others of its cells, in the whole. */
interface TrainingEffect {
  cells: Set<string>;
  effect: number;
  /** Variance of `effect` that the sampling of items explains. */
  sampled: number;
}

function effectsIn(sets: readonly SetTables[]): TrainingEffect[] {
  const found = new Map<string, TrainingEffect>();
  for (const set of sets) {
    const { tables, weights } = set;
    for (const [training, deviations] of deviationsIn(set)) {
      const own = found.get(training) ?? { cells: new Set(), effect: 0, sampled: 0 };
      for (const { cell, trainings } of tables) if (trainings.includes(training)) own.cells.add(cell);
      const mean = deviations.reduce((sum, each, item) => sum + each * (weights[item] ?? 0), 0) / weights.length;
      own.effect += mean;
      own.sampled += sampledVariance(deviations, mean, set);
      found.set(training, own);
    }
  }
  return [...found.values()];
}

/**
 * For each training the sum of its rows' deviations from the mean row of their cells, item by item. Of k trainings they have
 * (k − 1) / k of the variance that trainings have, which is made good here.
 */
function deviationsIn({ tables, weights }: SetTables): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { rows, trainings, share } of tables) {
    const count = new Set(trainings).size;
    const scale = share * Math.sqrt(count / (count - 1));
    const centre = weights.map((_, item) => rows.reduce((sum, row) => sum + (row[item] ?? 0), 0) / rows.length);
    rows.forEach((row, index) => {
      const training = trainings[index] ?? '';
      const before = found.get(training);
      found.set(training, row.map((value, item) => (before?.[item] ?? 0) + scale * (value - (centre[item] ?? 0))));
    });
  }
  return found;
}

/** Variance of a weighted mean of deviations over clusters of items. */
function sampledVariance(deviations: readonly number[], mean: number, { weights, clusters }: SetTables): number {
  const sums = new Map<number, number>();
  deviations.forEach((each, item) => {
    const cluster = clusters[item] ?? item;
    sums.set(cluster, (sums.get(cluster) ?? 0) + (each - mean) * (weights[item] ?? 0));
  });
  const squares = [...sums.values()].reduce((sum, each) => sum + each ** 2, 0);
  return sums.size < 2 ? 0 : (squares * sums.size) / ((sums.size - 1) * deviations.length ** 2);
}
