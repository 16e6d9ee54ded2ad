import type { Baseline, BonMetrics, Estimate } from '../../plan/index.ts';
import type { ReportInput, ReportView, ViewCell } from '../../ports/report.ts';
import type { ReportDocument } from '../../schemas/index.ts';
import { baselineLabels } from '../labels.ts';
import { estimateText, fixed, grouped, listed } from '../numbers.ts';
import { bySet, metricsOf } from '../sources.ts';
import type { MeasuredEntry } from '../sources.ts';

type Summary = ReportDocument['summary'];

/** Sentences about measurements at most; with those on claims, seeds and what is missing they stay below ten. */
const MOST_MEASURED = 6;

/** The results in plain sentences, each with its n and interval, and what they do not show. At most nine. */
export function summaryOf(input: ReportInput): Summary {
  const measured = [
    ...sharesSummary(input, 'eval/accuracy', { lead: 'Accuracy', unit: 'pairs', done: 'put the chosen answer first' }),
    ...sharesSummary(input, 'eval/choice', {
      lead: 'Multiple choice',
      unit: 'questions',
      done: 'gave the right option the highest score',
    }),
    ...bySet(metricsOf(input, 'eval/bon')).map(bestOfNSentence),
  ];
  const more = measured.length - MOST_MEASURED;
  return [
    ...measured.slice(0, MOST_MEASURED),
    ...(more > 0 ? [{ lead: 'More', text: `${more} more sets of items are in the tables.` }] : []),
    ...limits(input),
  ];
}

/** Below this many optimiser steps nobody should read a method's worth out of a run. */
const SMALL = 1000;

/** What is said first where every training was short and the input brings no note of its own. */
export function smallRunNote({ training }: ReportInput): string | null {
  const longest = training.reduce((most, { curve }) => Math.max(most, curve.length), 0);
  if (training.length === 0 || longest >= SMALL) return null;
  return `This is a small run: the longest training that it shows took ${grouped(longest)} ${longest === 1 ? 'step' : 'steps'}. It shows that the machinery works from the first step of the pipeline to this page. It is no evidence about the method, whichever model comes out ahead.`;
}

interface Words {
  lead: string;
  unit: string;
  done: string;
}

function sharesSummary(input: ReportInput, kind: 'eval/accuracy' | 'eval/choice', { lead, unit, done }: Words): Summary {
  return bySet(metricsOf(input, kind)).map(({ heading, members }) => {
    const [first] = members;
    const n = grouped(first?.metrics.accuracy.n ?? 0);
    const values = valuesText(members.map(({ label, metrics }) => ({ label, estimate: metrics.accuracy })));
    const rule = first ? ruleText(first.metrics.baselines) : '';
    return { lead: titled(lead, heading), text: `Of ${n} ${unit}, the share where a model ${done}: ${values}${rule}.` };
  });
}

/** The strongest rule is picked with hindsight, which favours it: a model that clears it has learned something else. */
function ruleText(baselines: readonly Baseline[]): string {
  const [best] = baselines.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
  if (!best || best.value === null) return '';
  return `; the strongest trivial rule on them (${baselineLabels[best.name].toLowerCase()}) reaches ${estimateText(best)}`;
}

function bestOfNSentence({ heading, members }: { heading: string | null; members: MeasuredEntry<BonMetrics>[] }): Summary[number] {
  const [first] = members;
  const at = first?.metrics.best.at ?? 1;
  const curve = (name: string): Estimate | undefined => first?.metrics.curves.find((each) => each.name === name)?.points.at(-1);
  const values = valuesText(members.map(({ label, metrics }) => ({ label, estimate: metrics.best })));
  const beside = [
    `a random one ${estimateText(first?.metrics.pass1)}`,
    `the majority ${estimateText(curve('majority'))}`,
    `the longest ${estimateText(curve('longest'))}`,
    `any right one, were it known, ${estimateText(curve('oracle'))}`,
  ];
  const n = grouped(first?.metrics.best.n ?? 0);
  return {
    lead: titled(`Best-of-${at}`, heading),
    text: `Of ${n} questions, the share answered right by the one of ${at} sampled answers that a model picks: ${values}; beside it ${listed(beside)}.`,
  };
}

/** Up to three models by name; of more the lowest and the highest. */
function valuesText(models: readonly { label: string; estimate: Estimate }[]): string {
  if (models.length <= 3) return listed(models.map(({ label, estimate }) => `${label} ${estimateText(estimate)}`));
  const known = models.filter(({ estimate }) => estimate.value !== null);
  const sorted = known.toSorted((a, b) => (a.estimate.value ?? 0) - (b.estimate.value ?? 0));
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (!low || !high) return `${models.length} models, none measured`;
  return `${models.length} models from ${fixed(low.estimate.value)} (${low.label}) to ${fixed(high.estimate.value)} (${high.label})`;
}

function limits(input: ReportInput): Summary {
  const { length } = input.missing;
  return [
    input.metrics.length > 0
      ? { lead: 'What this cannot show', text: seedsText(cellsOf(input.views ?? [])) }
      : { lead: 'No measurements', text: 'This report has no measurements.' },
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

function cellsOf(views: readonly ReportView[]): ViewCell[] {
  return views
    .flatMap((view) =>
      view.form === 'table'
        ? view.rows.flatMap(({ cells }) => cells)
        : view.panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(({ cell }) => cell))),
    )
    .filter(({ value, text }) => value !== null && text === undefined);
}

function seedsText(cells: readonly ViewCell[]): string {
  const folded = cells.filter(({ seeds }) => seeds.length > 1);
  const alone = 'an interval covers the choice of items and not the spread between trainings: it speaks about these models, not about the method';
  if (folded.length === 0) return `Each number rests on one training seed, so ${alone}.`;
  const most = folded.reduce((found, { seeds }) => Math.max(found, seeds.length), 0);
  if (folded.length === cells.length) return `The tables give means over ${most} training seeds at most; their intervals cover items and seeds, and few seeds make them wide.`;
  return `${folded.length} of ${cells.length} numbers of the tables and figures are means over up to ${most} training seeds, with intervals over items and seeds; for the others, with one seed, ${alone}.`;
}

function titled(lead: string, heading: string | null): string {
  return heading === null ? lead : `${lead}, ${heading}`;
}
