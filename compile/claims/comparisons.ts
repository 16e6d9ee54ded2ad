import { sizedNames } from '../../plan/benchmarks.ts';
import type { PlanComparison } from '../../plan/index.ts';
import type { Cell } from '../sweeps/cell.ts';
import type { AskedClaim, Other } from './asked.ts';
import { createPairing } from './pairing.ts';
import { partsOfSide, selectCells } from './selectors.ts';
import type { ClaimScope, ComparisonDraft, TermSelector, SideOptions, Term } from './selectors.ts';
import { describeSide } from './sentence.ts';
import { createSizes } from './sizes.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';
import { textOfLeaf } from '../read/tree.ts';
import type { Leaf } from '../read/tree.ts';

/**
 * Finds the comparisons of a claim, one for each step, N, other side and value that it is about; null where a side has no cells,
 * which is a problem where all cells are there.
 */
export function createComparisons(options: SideOptions, problems: Problem[]) {
  const { cells } = options;
  const pair = createPairing(cells);
  const withSizes = createSizes(options, problems);
  const compare = (
    { at, scope, metric, each, of }: AskedClaim,
    { step, n, other }: { step: string; n: Leaf | null; other: Other },
  ): ComparisonDraft[] | null => {
    const found = [...partsOfSide(of), ...partsOfSide(other.side)].map((selector) => termOf(selector, step, scope));
    const terms = found.filter((term) => term !== null);
    const paired = terms.length < found.length ? null : pair(terms, { at, otherAt: other.at, scope });
    const sized = paired && sizedNames.includes(metric.name) ? withSizes(paired, { n, at }) : paired;
    if (!sized) return null;
    const own = partsOfSide(of).length;
    const [ours, theirs] = [sized.slice(0, own), sized.slice(own)];
    const twice = [
      { one: ours, two: theirs, at: other.at },
      ...[ours, theirs].map(([first, minus]) => ({ one: first ? [first] : [], two: minus ? [minus] : [], at: minus?.selector.at ?? at })),
    ];
    const same = twice.find(({ one, two }) => isSameSide(one, two));
    if (same) problems.push(sameCells(describeSide(same.one, cells), same.at));
    return same
      ? null
      : splitBy(each, sized, cells).map(({ where, terms: taken }) => ({
          where,
          of: taken.slice(0, own),
          to: typeof other.side === 'number' ? other.side : taken.slice(own),
        }));
  };
  return (claim: AskedClaim): ComparisonDraft[] | null => {
    const all: ComparisonDraft[] = [];
    for (const step of claim.metric.steps.map(textOfLeaf))
      for (const n of claim.metric.sizes)
        for (const other of claim.others) {
          const found = compare(claim, { step, n, other });
          if (found === null) return null;
          all.push(...found);
        }
    return all;
  };
}

function termOf(selector: TermSelector, step: string, scope: ClaimScope): Term | null {
  const own = selector.step ? textOfLeaf(selector.step) : step;
  const cells = selectCells(selector, own, scope);
  return cells && { selector, step: own, n: null, cells };
}

/** The terms once for each combination of the values that these params have in their cells. */
function splitBy(each: string[], terms: Term[], cells: Cell[]): { where: PlanComparison['where']; terms: Term[] }[] {
  const valuesIn = (index: number) =>
    Object.fromEntries(
      each.map((name) => [name, cells[index]?.values[name]]).filter(([, value]) => value !== undefined),
    ) as PlanComparison['where'];
  const groups = terms.map((term) => Map.groupBy(term.cells, (index) => JSON.stringify(valuesIn(index))));
  return [...(groups[0] ?? [])].map(([key, [first = 0]]) => ({
    where: valuesIn(first),
    terms: terms.map((term, place) => ({ ...term, cells: groups[place]?.get(key) ?? [] })),
  }));
}

function isSameSide(one: Term[], other: Term[]): boolean {
  const told = (side: Term[]): string => JSON.stringify(side.map(({ step, n, cells }) => [step, n, cells]));
  return one.length > 0 && told(one) === told(other);
}

function sameCells(side: string, at: Place): Problem {
  return {
    code: 'E0216',
    at,
    message: 'both sides of the claim are the same cells',
    expected: 'sides that differ in a param, in the step or in N',
    got: `${side} twice`,
  };
}
