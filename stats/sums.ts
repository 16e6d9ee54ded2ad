/** Values of items, null where an item has none, with the weight and the cluster of each; default: weight 1, each item its own. */
export interface ItemValues {
  values: readonly (number | null)[];
  weights?: readonly number[];
  clusters?: readonly number[];
}

/** What an interval needs of items in clusters: sums over the clusters' weights w and weighted totals t, and of their products. */
export interface ClusterSums {
  /** Weighted mean; null without items. */
  value: number | null;
  n: number;
  clusters: number;
  weight: number;
  total: number;
  /** Σ w², Σ t², Σ w·t. */
  weights2: number;
  totals2: number;
  products: number;
  /** Largest distance from 0 of a cluster's mean. */
  largest: number;
}

/** Sums over the clusters of items; items without a value, or of no weight, count nowhere. */
export function sumClusters({ values, weights, clusters }: ItemValues): ClusterSums {
  const byCluster = new Map<number, { w: number; t: number }>();
  let n = 0;
  values.forEach((value, index) => {
    const w = weights?.[index] ?? 1;
    if (value === null || w === 0) return;
    n += 1;
    const place = clusters?.[index] ?? index;
    const own = byCluster.get(place);
    if (own === undefined) byCluster.set(place, { w, t: w * value });
    else {
      own.w += w;
      own.t += w * value;
    }
  });
  const sums = { weight: 0, total: 0, weights2: 0, totals2: 0, products: 0, largest: 0 };
  for (const { w, t } of byCluster.values()) {
    sums.weight += w;
    sums.total += t;
    sums.weights2 += w * w;
    sums.totals2 += t * t;
    sums.products += w * t;
    sums.largest = Math.max(sums.largest, Math.abs(t / w));
  }
  return { ...sums, n, clusters: byCluster.size, value: n === 0 ? null : sums.total / sums.weight };
}

/** Clusters counted from 0 in order of appearance; undefined where each item is one of its own. An empty name is no cluster. */
export function clusterIndices(names: readonly string[]): number[] | undefined {
  const known = new Map<string, number>();
  let next = 0;
  const indices = names.map((name) => {
    const before = name === '' ? undefined : known.get(name);
    if (before !== undefined) return before;
    if (name !== '') known.set(name, next);
    next += 1;
    return next - 1;
  });
  return next === names.length ? undefined : indices;
}
