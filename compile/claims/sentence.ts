import { claimWords, labelOf } from '../../plan/index.ts';
import type { ParamValues } from '../../plan/index.ts';
import type { AskedClaim } from './asked.ts';
import { partsOfSide } from './selectors.ts';
import type { ComparisonDraft, TermSelector, Term } from './selectors.ts';
import type { Cell } from '../sweeps/cell.ts';
import { textOfLeaf } from '../read/tree.ts';

/** A claim in words: its one comparison, or what it says of all of them. */
export function sentenceOfClaim(
  { metric, of, others, each, ...relation }: AskedClaim,
  comparisons: ComparisonDraft[],
  cells: Cell[],
): string {
  const [only, ...more] = comparisons;
  if (only && more.length === 0) {
    const other = typeof only.to === 'number' ? only.to : describeSide(only.to, cells);
    return `${metric.name} of ${claimWords(relation, describeSide(only.of, cells), other)}`;
  }
  const sizes = metric.sizes.flatMap((n) => (n === null ? [] : [textOfLeaf(n)])).join(', ');
  const steps = { step: metric.steps.map(textOfLeaf).join(', '), n: sizes || null };
  const told = others.map(({ side }) => (typeof side === 'number' ? String(side) : sideAsWritten(side, { step: '', n: null })));
  const forEach = each.length === 0 ? '' : `, for each ${each.join(' and ')}`;
  return `${metric.name} of ${claimWords(relation, sideAsWritten(of, steps), told.join(' and '))}${forEach}`;
}

/** A side in words, a difference as `a minus b`; `$name` as the value it has, where that is one. */
export function describeSide(terms: Term[], cells: Cell[]): string {
  return terms
    .map(({ step, n, selector, cells: taken }) => sideWords({ step, n, values: valuesOfCells(selector, taken, cells) }))
    .join(' minus ');
}

function valuesOfCells({ values }: TermSelector, taken: number[], cells: Cell[]): ParamValues {
  const shown = Object.entries(values).map(([name, value]) => {
    const own = new Set(taken.map((index) => cells[index]?.values[name] ?? value));
    return [name, own.size === 1 ? [...own][0] : value];
  });
  return Object.fromEntries(shown) as ParamValues;
}

/** A side with the step and the N of the claim where it names none; in what is taken off these go without saying. */
function sideAsWritten(side: TermSelector, { step, n }: { step: string; n: string | null }): string {
  const [own = '', ...minus] = partsOfSide(side).map(({ values, ...part }, index) => {
    const inherited = index === 0 ? { step, n } : { step: '', n: null };
    return sideWords({
      step: textOfLeaf(part.step ?? undefined) || inherited.step,
      n: textOfLeaf(part.n ?? undefined) || inherited.n,
      values,
    });
  });
  return [own, ...minus].join(' minus ');
}

/** `bon at N=256 (init=pmp)`, without what there is none of. */
function sideWords({ step, n, values }: { step: string; n: number | string | null; values: ParamValues }): string {
  const label = labelOf(values);
  return [step, n === null ? '' : `at N=${n}`, label && `(${label})`].filter(Boolean).join(' ');
}
