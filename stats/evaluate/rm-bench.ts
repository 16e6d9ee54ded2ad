import { rmBenchDomains, rmBenchLevels } from '../../plan/benchmarks.ts';
import type { RmBenchMetrics } from '../../plan/metrics.ts';
import { estimateMean } from '../interval.ts';
import { groupItems, itemWeights } from './groups.ts';
import { pairOutcomes, valuesOf } from './pair-outcomes.ts';
import type { ScoredPairs } from './pair-outcomes.ts';

type CellParts = Pick<RmBenchMetrics, 'cells' | 'cell_of'>;
type Level = (typeof rmBenchLevels)[number];

const domainNames = Object.keys(rmBenchDomains) as (keyof typeof rmBenchDomains)[];

/**
 * Accuracy on RM-Bench: the comparisons of a domain (the `kind` of a pair) by level, their mean, and the mean over domains.
 * Throws a RangeError for a score that is not a number, or a pair of no domain or level.
 */
export function evaluateRmBench(pairs: ScoredPairs): RmBenchMetrics {
  const measured = pairOutcomes(pairs);
  const { groups, group_of } = groupItems(pairs.rows.map(cellName), measured);
  const cells = groups.map(({ name, ...rest }) => {
    const [kind, level] = name.split('/') as [string, Level];
    return { kind, level, ...rest };
  });
  const parts: CellParts = { cells, cell_of: group_of };
  const estimateOf = (name: string) => {
    const weights = rmBenchItemWeights(parts, name);
    return weights ? estimateMean({ ...measured, values: valuesOf(measured.outcomes), weights }) : estimateMean({ values: [] });
  };
  const levelsOf = (name: (level: Level) => string) => rmBenchLevels.map((level) => ({ level, accuracy: estimateOf(name(level)) }));
  return {
    kind: 'eval/rm-bench',
    overall: estimateOf('overall'),
    domains: domainNames.map((domain) => ({ domain, accuracy: estimateOf(domain), levels: levelsOf((level) => `${domain}/${level}`) })),
    levels: levelsOf((level) => level),
    ...parts,
    ...measured,
  };
}

/**
 * What each pair counts in `overall`, a domain, a level, or both as `code/hard`; null where there is no such value or a part
 * of it has no pairs. A half of safety that has no pairs is left out.
 */
export function rmBenchItemWeights({ cells, cell_of }: CellParts, name: string): number[] | null {
  const parts = name === 'overall' ? [] : name.split('/');
  const [domains, levels] = [domainNames, rmBenchLevels].map((known) => namedIn(known, parts)) as [typeof domainNames, Level[]];
  if (parts.length > (domains.length === 1 ? 1 : 0) + (levels.length === 1 ? 1 : 0)) return null;
  const wanted = domains.flatMap((domain) => levels.map((level) => cells.filter((cell) => cell.level === level && isKindOf(cell, domain))));
  if (wanted.some((own) => own.length === 0)) return null;
  const shares = new Map(wanted.flatMap((own) => own.map((cell) => [cell, 1 / own.length])));
  return itemWeights(cells.map((cell) => shares.get(cell) ?? 0), cell_of);
}

/** The names that some parts give; all where they give none. */
function namedIn<N extends string>(known: readonly N[], parts: readonly string[]): N[] {
  const named = known.filter((name) => parts.includes(name));
  return named.length > 0 ? named : [...known];
}

function isKindOf({ kind }: { kind: string }, domain: (typeof domainNames)[number]): boolean {
  return rmBenchDomains[domain].some((each) => each === kind);
}

function cellName({ kind = '', level = '' }: ScoredPairs['rows'][number], index: number): string {
  const isKnown = domainNames.some((domain) => isKindOf({ kind }, domain)) && rmBenchLevels.some((each) => each === level);
  if (!isKnown) throw new RangeError(`pair ${index} is of no domain and level of RM-Bench: kind '${kind}', level '${level}'`);
  return `${kind}/${level}`;
}
