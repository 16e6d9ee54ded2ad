import { claimWords, labelOf } from '../../plan/index.ts';
import type { ComparisonResult, PlanClaim, PlanComparison } from '../../plan/index.ts';
import type { ComparisonDecision } from '../../stats/index.ts';
import { signed } from '../../text/index.ts';

type ComparedSides = NonNullable<ComparisonDecision['compared']> & { interval: [low: number, high: number] };

/** A comparison of a claim as it was decided, in words and numbers. */
export function comparisonResult(
  comparison: PlanComparison,
  { outcome, compared, interval, reason }: ComparisonDecision,
  claim: PlanClaim,
): ComparisonResult {
  const text = wordsOf(comparison, claim);
  const why = reason === undefined ? {} : { reason };
  if (compared === null || interval === null)
    return { outcome, text, numbers: null, difference: null, interval: null, n: 0, method: null, ...why };
  const { method, bound: { value: difference, n } } = compared;
  return { outcome, text, numbers: numbersOf(comparison, { ...compared, interval }, claim), difference, interval, n, method, ...why };
}

function wordsOf({ where, of, to }: PlanComparison, claim: PlanClaim): string {
  const label = labelOf(where);
  const sentence = `${claim.metric} of ${claimWords(claim, of.text, typeof to === 'number' ? to : to.text)}`;
  return label === '' ? sentence : `${label}: ${sentence}`;
}

function numbersOf({ of, to }: PlanComparison, compared: ComparedSides, { confidence }: PlanClaim): string {
  const values = [compared.of, ...(typeof to === 'number' ? [] : [compared.to])].map((value) => value.toFixed(3));
  const { bound, interval: [low, high] } = compared;
  const percent = Number((confidence * 100).toFixed(2));
  const measurements = measurementsIn(of.nodes.length, typeof to === 'number' ? null : to.nodes.length);
  return `${values.join(' against ')}, difference ${signed(bound.value)} [${signed(low)}, ${signed(high)}] at ${percent} %, ${itemsIn(compared)}${measurements}`;
}

function itemsIn({ method, bound: { n, clusters } }: ComparedSides): string {
  const items = `${n.toLocaleString('en')} ${n === 1 ? 'item' : 'items'}`;
  const amount = clusters === n ? items : `${items} in ${clusters.toLocaleString('en')} clusters`;
  if (method === 'one-sample') return amount;
  return method === 'paired' ? `${amount} shared by both sides` : `not paired: at least ${amount} a side`;
}

/** Says how many measurements each item is the mean of, where that is more than one. */
function measurementsIn(of: number, to: number | null): string {
  if (of === 1 && (to === null || to === 1)) return '';
  return `, mean of ${of}${to === null || to === of ? '' : ` and ${to}`} measurements${to === of ? ' a side' : ''}`;
}
