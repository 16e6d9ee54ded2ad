import { rewardbenchSections, rewardbenchWeights } from '../../plan/benchmarks.ts';
import type { RewardbenchMetrics } from '../../plan/metrics.ts';
import { estimateMean } from '../interval.ts';
import { groupItems, itemWeights } from './groups.ts';
import { pairOutcomes, valuesOf } from './pair-outcomes.ts';
import type { ScoredPairs } from './pair-outcomes.ts';

type SubsetParts = Pick<RewardbenchMetrics, 'subsets' | 'subset_of'>;

/**
 * Accuracy on RewardBench by subset (the `kind` of a pair), by section and overall, with the benchmark's own weights; subsets
 * that have no pairs are left out of their section. Pairs of other subsets count in none. Throws a RangeError for a score
 * that is not a number.
 */
export function evaluateRewardbench(pairs: ScoredPairs): RewardbenchMetrics {
  const measured = pairOutcomes(pairs);
  const { groups, group_of } = groupItems(pairs.rows.map(({ kind }) => kind ?? ''), measured);
  const subsets = groups.map(({ name, ...rest }) => ({ subset: name, ...sectionOf(name), ...rest }));
  const parts: SubsetParts = { subsets, subset_of: group_of };
  const estimateOf = (name: string) => {
    const weights = rewardbenchItemWeights(parts, name);
    return weights ? estimateMean({ ...measured, values: valuesOf(measured.outcomes), weights }) : estimateMean({ values: [] });
  };
  const sections = Object.entries(rewardbenchWeights).map(([section, weight]) => ({ section, weight, accuracy: estimateOf(section) }));
  return { kind: 'eval/rewardbench', overall: estimateOf('overall'), sections, ...parts, ...measured };
}

/**
 * What each pair counts in a subset, a section, or `overall`; null where that has no pairs. Overall needs pairs of every
 * section; without prior sets it is the mean of the other four.
 */
export function rewardbenchItemWeights({ subsets, subset_of }: SubsetParts, name: string): number[] | null {
  const sections: string[] = name === 'overall' ? Object.keys(rewardbenchWeights) : [name];
  const totals = new Map(sections.map((section) => [section, sumOf(subsets.filter((each) => each.section === section))]));
  const missing = [...totals].filter(([section, total]) => total === 0 && section !== 'prior-sets');
  if (name === 'overall' && missing.length > 0) return null;
  const shares = subsets.map(({ subset, section, weight }) => {
    if (subset === name) return 1;
    const total = totals.get(section) ?? 0;
    return total === 0 ? 0 : (weight / total) * (rewardbenchWeights[section as keyof typeof rewardbenchWeights] ?? 0);
  });
  return itemWeights(shares, subset_of);
}

function sumOf(subsets: readonly { weight: number }[]): number {
  return subsets.reduce((sum, { weight }) => sum + weight, 0);
}

function sectionOf(subset: string): { section: string; weight: number } {
  for (const [section, weights] of Object.entries(rewardbenchSections)) {
    const weight = (weights as { [subset: string]: number })[subset];
    if (weight !== undefined) return { section, weight };
  }
  return { section: '', weight: 0 };
}
