import type { TrainingVariance } from '../bound.ts';
import type { MeasuredValues } from '../measured.ts';
import { sumClusters } from '../sums.ts';
import type { ClusterSums } from '../sums.ts';
import { trainingVariance } from './training.ts';
import type { SetTables } from './training.ts';

export type ItemsMeasured = Extract<MeasuredValues, { kind: 'values' }>;

/** Trainings of one cell that differ in their seed alone, each with its values on the same items. */
export type SeedValues = readonly ItemsMeasured[];

/** Cells whose measurements are averaged, and then added or taken off. */
export interface ContrastTerm {
  sign: 1 | -1;
  cells: readonly SeedValues[];
}

/** Sums and differences of means over the items that all measurements share. */
export interface Contrast {
  /** Over the values of items, terms added up. */
  sums: ClusterSums;
  /** Mean of each term on these items. */
  means: number[];
  /** Null where some cell has one training only. */
  training: TrainingVariance | null;
}

/**
 * Null where the terms were not measured on the same items, or no item has a value in all of them. A set without such items
 * counts nowhere.
 */
export function contrastOf(terms: readonly ContrastTerm[]): Contrast | null {
  const runs = terms.flatMap(({ cells }, term) => cells.flatMap((seeds, cell) => runsOf(seeds, { term, cell: `${term} ${cell}` })));
  const sets = [...Map.groupBy(runs, ({ run }) => `${run.items} ${run.values.length}`).values()].map((own) => readSet(own, terms));
  const whole = sets.filter((set) => set !== null).filter(({ weight }) => weight > 0);
  const [values, weights] = [whole.flatMap((set) => set.values), whole.flatMap((set) => set.weights)];
  const sums = sumClusters({ values, weights, clusters: joined(whole) });
  if (sets.includes(null) || sums.value === null) return null;
  const shareOf = (set: ItemSet): number => set.weight / sums.weight;
  const means = terms.map((_, place) => whole.reduce((sum, set) => sum + shareOf(set) * (set.means[place] ?? 0), 0));
  const shared = whole.map((set) => ({ ...set, tables: set.tables.map((each) => ({ ...each, share: each.share * shareOf(set) })) }));
  return { sums, means, training: trainingVariance(shared) };
}

interface SetRun {
  run: ItemsMeasured;
  term: number;
  cell: string;
  training: string;
}

function runsOf(seeds: SeedValues, { term, cell }: Pick<SetRun, 'term' | 'cell'>): SetRun[] {
  const trainings = trainingsOf(seeds, cell);
  return seeds.map((run, index) => ({ run, term, cell, training: trainings[index] ?? '' }));
}

/**
 * For each measurement of a cell, the training that sets it apart: the first that some of the others do not share, because later
 * trainings depend on it. If all share every training, it is the last one; if no training is known, each measurement has its own.
 */
export function trainingsOf(seeds: SeedValues, cell: string): string[] {
  const isShared = (training: string): boolean => seeds.every(({ trainings = [] }) => trainings.includes(training));
  return seeds.map(({ trainings = [] }, index) => trainings.find((each) => !isShared(each)) ?? trainings.at(-1) ?? `${cell} ${index}`);
}

/** What was measured on one set of items. */
interface ItemSet extends SetTables {
  values: number[];
  weight: number;
  means: number[];
}

function readSet(runs: SetRun[], terms: readonly ContrastTerm[]): ItemSet | null {
  const first = runs[0]?.run;
  const all = first ? [...first.values.keys()].filter((item) => (first.weights?.[item] ?? 1) > 0) : [];
  const items = all.filter((item) => runs.every(({ run }) => run.values[item] !== null && run.values[item] !== undefined));
  const ofTerm = terms.map((_, place) => runs.filter(({ term }) => term === place));
  if (ofTerm.some((own) => own.length === 0)) return null;
  const raw = items.map((item) => first?.weights?.[item] ?? 1);
  const total = raw.reduce((sum, each) => sum + each, 0);
  const weights = raw.map((each) => (each * items.length) / total);
  const clusters = items.map((item) => first?.clusters?.[item] ?? item);
  const rowOf = ({ run }: SetRun): number[] => items.map((item) => run.values[item] ?? 0);
  const termMeans = ofTerm.map((own) => meanOfRows(own.map(rowOf)));
  const signOf = (place: number): number => terms[place]?.sign ?? 1;
  const tables = ofTerm.flatMap((own, place) => {
    const share = signOf(place) / own.length;
    const cells = [...Map.groupBy(own, ({ cell }) => cell)];
    return cells.map(([cell, seeds]) => ({ cell, rows: seeds.map(rowOf), trainings: seeds.map(({ training }) => training), share }));
  });
  const values = items.map((_, index) => termMeans.reduce((sum, row, place) => sum + signOf(place) * (row[index] ?? 0), 0));
  return {
    values: values.map((value) => Math.round(value * 1e12) / 1e12),
    weights,
    clusters,
    weight: items.length,
    means: termMeans.map((row) => row.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0) / items.length),
    tables,
  };
}

function meanOfRows(rows: readonly number[][]): number[] {
  return (rows[0] ?? []).map((_, index) => rows.reduce((sum, row) => sum + (row[index] ?? 0), 0) / rows.length);
}

/** Clusters of several sets, counted apart. */
function joined(sets: readonly ItemSet[]): number[] {
  let before = 0;
  return sets.flatMap(({ clusters }) => {
    const own = clusters.map((cluster) => before + cluster);
    before += clusters.reduce((most, cluster) => Math.max(most, cluster), -1) + 1;
    return own;
  });
}
