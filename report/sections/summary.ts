import type { Baseline, Estimate } from '../../plan/metrics.ts';
import type { Document } from '../document.ts';
import type { ReportInput } from '../../ports/report.ts';
import { baselineLabels } from '../labels.ts';
import { fixed, grouped, interval, pValue, signed } from '../numbers.ts';
import { bySet, metricsOf } from '../sources.ts';
import type { Comparison } from './comparisons.ts';

/** The results in plain sentences, each with its n and interval, and what they do not show. */
export function summaryOf(input: ReportInput, comparisons: readonly Comparison[]): Document['summary'] {
  return [
    ...sharesSummary(input, 'eval/accuracy', { lead: 'Accuracy', unit: 'pairs', done: 'put the chosen answer first' }, comparisons),
    ...sharesSummary(
      input,
      'eval/choice',
      { lead: 'Multiple choice', unit: 'questions', done: 'gave the right option the highest score' },
      comparisons,
    ),
    ...bestOfNSummary(input, comparisons),
    ...limits(input),
  ];
}

/** Below this many optimiser steps nobody should read a method's worth out of a run. */
const SMALL = 1000;

/** What is said first where every training was short and the input brings no note of its own. */
export function smallRunNote({ training }: ReportInput): string | null {
  const longest = Math.max(0, ...training.map(({ curve }) => curve.length));
  if (training.length === 0 || longest >= SMALL) return null;
  return `This is a small run: its longest training took ${grouped(longest)} ${longest === 1 ? 'step' : 'steps'}. It shows that the machinery works from the first step of the pipeline to this page. It is no evidence about the method, whichever model comes out ahead.`;
}

interface Words {
  lead: string;
  unit: string;
  done: string;
}

function sharesSummary(
  input: ReportInput,
  kind: 'eval/accuracy' | 'eval/choice',
  { lead, unit, done }: Words,
  comparisons: readonly Comparison[],
) {
  return bySet(metricsOf(input, kind)).map(({ heading, members }) => {
    const [first] = members;
    const n = first?.metrics.accuracy.n ?? 0;
    const values = members.map(({ label, metrics }) => `${label} ${shown(metrics.accuracy)}`);
    const sentences = [
      `Of ${grouped(n)} ${unit}, the share where a model ${done}: ${listed(values)}.`,
      ...(first ? besideRule(first.metrics.baselines, members) : []),
      ...verdicts(comparisons, members),
    ];
    return { lead: titled(lead, heading), text: sentences.join(' ') };
  });
}

/** The strongest rule is picked with hindsight, which favours it: a model that clears it has learned something else. */
function besideRule(baselines: readonly Baseline[], members: readonly { label: string; metrics: { accuracy: Estimate } }[]): string[] {
  const [best] = baselines.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
  if (!best || best.value === null) return [];
  const rule = best.value;
  const above = members.filter(({ metrics }) => (metrics.accuracy.interval?.[0] ?? 0) > rule).map(({ label }) => label);
  const said = `The strongest trivial rule on them (${baselineLabels[best.name].toLowerCase()}) reaches ${shown(best)}`;
  if (above.length === 0) return [`${said}; no model's interval lies above it.`];
  return [
    `${said}; the ${above.length === 1 ? 'interval' : 'intervals'} of ${listed(above)} ${above.length === 1 ? 'lies' : 'lie'} above it.`,
  ];
}

function bestOfNSummary(input: ReportInput, comparisons: readonly Comparison[]): Document['summary'] {
  return bySet(metricsOf(input, 'eval/bon')).map(({ heading, members }) => {
    const [first] = members;
    const at = first?.metrics.best.at ?? 1;
    const curve = (name: string): Estimate | undefined => first?.metrics.curves.find((each) => each.name === name)?.points.at(-1);
    const values = members.map(({ label, metrics }) => `${label} ${shown(metrics.best)}`);
    const beside = [
      `a random one ${shown(first?.metrics.pass1)}`,
      `the majority ${shown(curve('majority'))}`,
      `the longest ${shown(curve('longest'))}`,
      `any right one, were it known, ${shown(curve('oracle'))}`,
    ];
    const sentences = [
      `Of ${grouped(first?.metrics.best.n ?? 0)} questions, the share answered right by the one of ${at} sampled answers that a model picks: ${listed(values)}.`,
      `Beside it: ${listed(beside)}.`,
      ...verdicts(comparisons, members),
    ];
    return { lead: titled(`Best-of-${at}`, heading), text: sentences.join(' ') };
  });
}

function verdicts(comparisons: readonly Comparison[], members: readonly { source: number }[]): string[] {
  const own = new Set(members.map(({ source }) => source));
  return comparisons.filter(({ sources }) => sources.every((source) => own.has(source))).map((each) => verdict(each, comparisons.length));
}

function verdict({ first, second, difference, interval: ends, p, holm }: Comparison, of: number): string {
  const numbers = `${first} minus ${second}: ${signed(difference)} [${signed(ends[0])}, ${signed(ends[1])}], p ${equals(holm)} after Holm`;
  const [ahead, behind] = difference > 0 ? [first, second] : [second, first];
  if (holm < 0.05) return `${ahead} is ahead of ${behind} by more than chance between items explains (${numbers}).`;
  if (p < 0.05) return `${ahead} looks ahead of ${behind}, but not clearly enough for one of ${of} comparisons (${numbers}).`;
  return `The difference is within the noise, no evidence for either (${numbers}).`;
}

function limits(input: ReportInput): Document['summary'] {
  const seeds =
    'Every model here was trained once. The spread between training seeds is not measured, so even a clear difference speaks about these checkpoints, not about the method.';
  const { length } = input.missing;
  return [
    input.metrics.length > 0
      ? { lead: 'What this cannot show', text: seeds }
      : { lead: 'No measurements', text: 'This report names no measurement, or none is there.' },
    ...(length > 0
      ? [
          {
            lead: 'Missing',
            text: `${length === 1 ? 'One result is' : `${length} results are`} missing; the reasons are listed at the end.`,
          },
        ]
      : []),
  ];
}

function shown(estimate: Estimate | undefined): string {
  if (!estimate || estimate.value === null) return 'not measured';
  const ends = interval(estimate);
  return `${fixed(estimate.value)}${ends === '' ? '' : ` ${ends}`}`;
}

function equals(p: number): string {
  return p < 0.001 ? pValue(p) : `= ${pValue(p)}`;
}

function titled(lead: string, heading: string | null): string {
  return heading === null ? lead : `${lead}, ${heading}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
