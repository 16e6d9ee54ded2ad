import type { Baseline } from '../../plan/metrics.ts';
import type { ReportInput } from '../input.ts';
import { baselineLabels } from '../labels.ts';
import { fixed, grouped, interval, pValue, signed } from '../numbers.ts';
import { metricsOf } from '../sources.ts';
import type { Comparison } from './comparisons.ts';

/** The results in plain sentences, each with its n and interval, and what they do not show. */
export function summaryOf(input: ReportInput, comparisons: readonly Comparison[]): string[] {
  const sentences = [...accuracySentences(input), ...choiceSentences(input), ...bonSentences(input), ...comparisonSentences(comparisons)];
  const seed = 'Every model here was trained once. The spread between training seeds is not measured, so even a clear difference speaks about these checkpoints, not about the method.';
  const trained = input.metrics.length > 0 ? [seed] : [];
  const { length } = input.missing;
  const missing = length > 0 ? [`${length === 1 ? 'One result is' : `${length} results are`} missing; the reasons are listed below.`] : [];
  return [...sentences, ...trained, ...missing];
}

function accuracySentences(input: ReportInput): string[] {
  return metricsOf(input, 'eval/accuracy').map(({ label, metrics: { accuracy, baselines } }) => {
    if (accuracy.value === null) return `${label}: no pairs to measure the accuracy on.`;
    const said = `${label} puts the chosen answer first in ${fixed(accuracy.value)} ${interval(accuracy)} of ${grouped(accuracy.n)} pairs`;
    return `${said}; ${besideRule(accuracy.interval, baselines)}.`;
  });
}

function choiceSentences(input: ReportInput): string[] {
  return metricsOf(input, 'eval/choice').flatMap(({ label, metrics: { accuracy, baselines } }) =>
    accuracy.value === null
      ? []
      : [`${label} finds the right option in ${fixed(accuracy.value)} ${interval(accuracy)} of ${grouped(accuracy.n)} multiple-choice questions; ${besideRule(accuracy.interval, baselines)}.`],
  );
}

/** The strongest rule is picked with hindsight, which favours it: a model that clears it has learned something else. */
function besideRule(ends: [number, number] | null, baselines: readonly Baseline[]): string {
  const [best] = baselines.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
  if (!best || best.value === null || ends === null) return 'no trivial rule to compare with';
  const said = `the strongest trivial rule (${baselineLabels[best.name].toLowerCase()}) reaches ${fixed(best.value)}${interval(best) === '' ? '' : ` ${interval(best)}`}`;
  if (ends[0] > best.value) return `${said}, below the model's interval`;
  return ends[1] < best.value ? `${said}, above the model's interval` : `${said}, within the model's interval`;
}

function bonSentences(input: ReportInput): string[] {
  return metricsOf(input, 'eval/bon').flatMap(({ label, metrics: { best, pass1, curves } }) => {
    const oracle = curves.find(({ name }) => name === 'oracle')?.points.at(-1);
    if (best.value === null || pass1.value === null) return [];
    const beside = `a random answer is right in ${fixed(pass1.value)} ${interval(pass1)}, and any of the ${best.at} in ${fixed(oracle?.value ?? null)}${oracle ? ` ${interval(oracle)}` : ''}`;
    return [`Choosing among ${best.at} sampled answers, ${label} answers ${fixed(best.value)} ${interval(best)} of ${grouped(best.n)} questions right; ${beside}.`];
  });
}

function comparisonSentences(comparisons: readonly Comparison[]): string[] {
  return comparisons.map(({ measure, first, second, n, difference, interval: ends, holm }) => {
    const numbers = `${signed(difference)} [${signed(ends[0])}, ${signed(ends[1])}], n = ${grouped(n)}, Holm-adjusted p ${holm < 0.001 ? '' : '= '}${pValue(holm)}`;
    return holm < 0.05
      ? `${measure}: ${difference > 0 ? first : second} is ahead of ${difference > 0 ? second : first} by more than chance between items explains (${first} minus ${second} ${numbers}).`
      : `${measure}: the difference between ${first} and ${second} is within the noise and is no evidence for either (${numbers}).`;
  });
}
