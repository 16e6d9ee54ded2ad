import { claimWords, labelOf } from '../../plan/index.ts';
import type { ClaimSide, ComparisonResult, PlanClaim, PlanComparison } from '../../plan/index.ts';
import { leastDetectable } from '../../stats/index.ts';
import type { ComparisonDecision } from '../../stats/index.ts';
import { signed } from '../../text/index.ts';

type ComparedSides = NonNullable<ComparisonDecision['compared']> &
  Pick<ComparisonDecision, 'outcome' | 'p'> & { interval: [low: number, high: number] };

/** A comparison of a claim as it was decided, in words and numbers. */
export function comparisonResult(
  comparison: PlanComparison,
  { outcome, compared, interval, p, reason }: ComparisonDecision,
  claim: PlanClaim,
): ComparisonResult {
  const text = wordsOf(comparison, claim);
  const why = reason === undefined ? {} : { reason };
  if (compared === null || interval === null)
    return { outcome, text, numbers: null, difference: null, interval: null, n: 0, clusters: 0, p, method: null, ...why };
  const { method, bound: { value: difference, n, clusters } } = compared;
  const numbers = numbersOf(comparison, { ...compared, outcome, interval, p }, claim);
  return { outcome, text, numbers, difference, interval, n, clusters, p, method, ...why };
}

function wordsOf({ where, of, to }: PlanComparison, claim: PlanClaim): string {
  const label = labelOf(where);
  const sentence = `${claim.metric} of ${claimWords(claim, of.text, typeof to === 'number' ? to : to.text)}`;
  return label === '' ? sentence : `${label}: ${sentence}`;
}

function numbersOf({ of, to }: PlanComparison, compared: ComparedSides, { confidence }: PlanClaim): string {
  const values = [compared.of, ...(typeof to === 'number' ? [] : [compared.to])].map((value) => value.toFixed(3));
  const { bound, interval: [low, high], p } = compared;
  const percent = Number((confidence * 100).toFixed(2));
  const difference = `difference ${signed(bound.value)} [${signed(low)}, ${signed(high)}] at ${percent} %, p ${pText(p)}${leastIn(compared)}`;
  const sides = [of, ...(typeof to === 'number' ? [] : [to])];
  return `${values.join(' against ')}, ${difference}, ${itemsIn(compared)}, ${targetIn(sides, compared.target)}`;
}

/** What a comparison that nothing came of could have shown. */
function leastIn({ bound, outcome }: ComparedSides): string {
  return outcome === 'undecided' ? `, least difference it would show ${leastDetectable(bound.at(0.05)).toFixed(3)}` : '';
}

function itemsIn({ method, bound: { n, clusters } }: ComparedSides): string {
  const items = `${n.toLocaleString('en')} ${n === 1 ? 'item' : 'items'}`;
  const amount = clusters === n ? items : `${items} in ${clusters.toLocaleString('en')} clusters`;
  if (method === 'one-sample') return amount;
  return method === 'paired' ? `${amount} shared by both sides` : `not paired: at least ${amount} a side`;
}

/** What it speaks of: the method, by so many seeds, or the models that were measured. */
function targetIn(sides: ClaimSide[], target: ComparedSides['target']): string {
  const cells = sides.flatMap(({ cells: own, minus }) => [...own, ...(minus?.cells ?? [])]);
  const models = new Set(cells.flat()).size;
  if (target === 'models') return models === 1 ? 'about this one model' : `about these ${models} models`;
  const seeds = cells.map((nodes) => nodes.length);
  const [fewest, most] = [Math.min(...seeds), Math.max(...seeds)];
  return `about the method, ${fewest === most ? most : `${fewest} to ${most}`} seeds each`;
}

function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}
