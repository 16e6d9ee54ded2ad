import type { Estimate, ScoreOutcomes } from '../../plan/metrics.ts';
import { estimateMean } from '../interval.ts';
import { countOf, valuesOf } from './pair-outcomes.ts';

/** Items with one name. */
export interface ItemGroup {
  name: string;
  ties: number;
  accuracy: Estimate;
}

/** Items by their names, sorted, and the place of each item's group; items with an empty name are in no group. */
export function groupItems(
  names: readonly string[],
  { outcomes, clusters }: Pick<ScoreOutcomes, 'outcomes' | 'clusters'>,
): { groups: ItemGroup[]; group_of: number[] } {
  const places = Map.groupBy(names.keys(), (index) => names[index] ?? '');
  places.delete('');
  const sorted = [...places].sort(([a], [b]) => (a < b ? -1 : 1));
  const groups = sorted.map(([name, own]) => {
    const found = own.map((index) => outcomes.charAt(index)).join('');
    const values = valuesOf(found);
    const accuracy = estimateMean(clusters ? { values, clusters: own.map((index) => clusters[index] ?? 0) } : { values });
    return { name, ties: countOf(found, 't'), accuracy };
  });
  const placeOf = new Map(sorted.map(([name], place) => [name, place]));
  return { groups, group_of: names.map((name) => placeOf.get(name) ?? -1) };
}

/** Weights of items from what each of their groups counts as a whole; null where no group counts. */
export function itemWeights(shares: readonly number[], groupOf: readonly number[]): number[] | null {
  const sizes = shares.map(() => 0);
  for (const group of groupOf) if (group >= 0) sizes[group] = (sizes[group] ?? 0) + 1;
  const weights = groupOf.map((group) => (group < 0 ? 0 : (shares[group] ?? 0) / (sizes[group] ?? 1)));
  return weights.some((weight) => weight > 0) ? weights : null;
}
