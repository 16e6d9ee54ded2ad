import { claimWords, labelOf } from '../../plan/index.ts';
import type { ComparisonResult, PlanClaim, PlanComparison } from '../../plan/index.ts';
import type { ComparisonDecision } from '../../stats/index.ts';
import { signed } from '../../text/index.ts';

type ComparedSides = NonNullable<ComparisonDecision['compared']>;

/** A comparison of a claim as it was decided, in words and numbers. */
export function comparisonResult(
  comparison: PlanComparison,
  { outcome, compared, reason }: ComparisonDecision,
  claim: PlanClaim,
): ComparisonResult {
  const text = wordsOf(comparison, claim);
  const why = reason === undefined ? {} : { reason };
  if (compared === null) return { outcome, text, numbers: null, difference: null, interval: null, n: 0, method: null, ...why };
  const {
    difference,
    interval,
    n: [of, to],
    method,
  } = compared;
  const n = to === 0 ? of : Math.min(of, to);
  return { outcome, text, numbers: numbersOf(comparison, compared, claim), difference, interval, n, method, ...why };
}

function wordsOf({ where, of, to }: PlanComparison, claim: PlanClaim): string {
  const label = labelOf(where);
  const sentence = `${claim.metric} of ${claimWords(claim, of.text, typeof to === 'number' ? to : to.text)}`;
  return label === '' ? sentence : `${label}: ${sentence}`;
}

function numbersOf({ of, to }: PlanComparison, compared: ComparedSides, { confidence }: PlanClaim): string {
  const values = [compared.of, ...(typeof to === 'number' ? [] : [compared.to])].map((value) => value.toFixed(3));
  const { difference, interval: [low, high] } = compared;
  const percent = Number((confidence * 100).toFixed(2));
  const measurements = measurementsIn(of.nodes.length, typeof to === 'number' ? null : to.nodes.length);
  return `${values.join(' against ')}, difference ${signed(difference)} [${signed(low)}, ${signed(high)}] at ${percent} %, ${itemsIn(compared)}${measurements}`;
}

function itemsIn({ method, n: [of, to] }: ComparedSides): string {
  const amount = (number: number): string => `${number.toLocaleString('en')} ${number === 1 ? 'item' : 'items'}`;
  if (method === 'one-sample' || to === 0) return amount(of);
  return method === 'paired' ? `${amount(of)} shared by both sides` : `not paired: ${amount(of)} and ${amount(to)}`;
}

/** Says how many measurements each item is the mean of, where that is more than one. */
function measurementsIn(of: number, to: number | null): string {
  if (of === 1 && (to === null || to === 1)) return '';
  return `, mean of ${of}${to === null || to === of ? '' : ` and ${to}`} measurements${to === of ? ' a side' : ''}`;
}
