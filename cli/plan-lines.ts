import { plus, titleOf } from '../plan/index.ts';
import type { Amount, Plan, PlanNode } from '../plan/index.ts';
import { amountOf, atMost } from './plan-amounts.ts';
import { mostEvents } from '../plan/limits.ts';
import type { Outlook } from './foresight.ts';
import type { Costs, PlanSummary, StepSummary, Tally } from './plan-summary.ts';
import { count, fit, table } from './words.ts';

/** Marks of the three outlooks; a step with several has the one that means most work. */
const marks = { 'to run': '+', 'reused if unchanged': '~', reused: '=' } as const satisfies { [outlook in Outlook]: string };

/** The first line: from cells to nodes, and what they would do. */
export function headLine({ name, cells, steps_without_merging: all, totals }: PlanSummary): string {
  const merged = all > totals.nodes ? `${count(all, 'step')} without merging → ` : '';
  const from = cells > 1 ? `${count(cells, 'cell')} → ${merged}` : '';
  return `${name}: ${from}${count(totals.nodes, 'node')}: ${tallyOf(totals)}`;
}

/** The whole in one line, for the start of a run: what runs, what is reused, what it takes at most. */
export function runLine({ totals, estimate: { to_run: now, currency } }: PlanSummary): string {
  const calls = Object.values(now.calls).reduce<number | null>((sum, number) => (sum === null || number === null ? null : sum + number), 0);
  const [first, ...others] = Object.values<Amount>(now.gpu_hours);
  const hours = first && others.reduce(plus, first);
  const parts = [
    `${count(totals.nodes, 'node')}: ${tallyOf(totals)}`,
    ...(Object.keys(now.calls).length > 0 ? [`calls ${atMost(calls)}`] : []),
    ...(hours ? [`GPU-hours ${amountOf(hours)}`] : []),
    ...(now.money ? [`money ${amountOf(now.money)}${currency === null ? '' : ` ${currency}`}`] : []),
  ];
  return parts.join('; ');
}

/** What merging saves, with the steps that matter most; null where nothing is shared. */
export function savingLine({ steps_without_merging: all, totals, steps }: PlanSummary): string | null {
  const saved = all - totals.nodes;
  if (saved <= 0) return null;
  const weight = ({ kind }: StepSummary) => (kind.startsWith('train/') ? 2 : /^(summarize|respond|candidates)$/.test(kind) ? 1 : 0);
  const most = steps
    .filter((step) => weight(step) > 0 && step.without_merging > step.nodes)
    .toSorted((a, b) => weight(b) - weight(a) || b.without_merging - b.nodes - (a.without_merging - a.nodes))
    .slice(0, 2)
    .map(({ step, nodes, without_merging }) => `${step} ${nodes.toLocaleString('en')} instead of ${without_merging.toLocaleString('en')}`);
  const examples = most.length === 0 ? '' : ` (${most.join(', ')})`;
  return `Merging saves ${saved.toLocaleString('en')} of ${count(all, 'step')}${examples}.`;
}

/** One line for each step: the mark, the step, its kind and what its nodes would do. */
export function stepLines({ steps }: PlanSummary, columns: number): string[] {
  const rows = steps.map((step) => [`${markOfStep(step)} ${step.step}`, step.kind, step.nodes === 1 ? tallyOf(step, false) : `${count(step.nodes, 'node')}: ${tallyOf(step)}`]);
  return table(rows).map((line) => fit(`  ${line}`, columns));
}

/** One line for each node: the mark, the node, its kind, what it would do and what it reads. */
export function nodeLines({ nodes }: Plan, outlookOf: (node: string) => Outlook, columns: number): string[] {
  const titles = new Map(nodes.map((node) => [node.id, titleOf(node)]));
  const rows = nodes.map((node) => {
    const outlook = outlookOf(node.id);
    return [`${marks[outlook]} ${titleOf(node)}`, node.kind, outlook, readsOf(node, titles)];
  });
  return table(rows).map((line) => fit(`  ${line}`, columns));
}

function readsOf({ inputs }: PlanNode, titles: Map<string, string>): string {
  const names = Object.values(inputs).flat().map(({ node, output }) => (output === 'out' ? (titles.get(node) ?? node) : `${titles.get(node) ?? node}.${output}`));
  return names.length === 0 ? '' : `from ${names.join(', ')}`;
}

/** What each mark means, of those that are there. */
export function legend({ to_run, reused, reused_if_unchanged }: Tally): string {
  const words = [
    ...(to_run > 0 ? [`${marks['to run']} to run`] : []),
    ...(reused > 0 ? [`${marks.reused} reused`] : []),
    ...(reused_if_unchanged > 0 ? [`${marks['reused if unchanged']} reused if the sources above are unchanged`] : []),
  ];
  return `  ${words.join('   ')}`;
}

/** What would be spent, beside what a run without any reuse would spend. */
export function costLines({ estimate: { to_run: now, without_reuse: all, currency }, totals }: PlanSummary): string[] {
  const rows: [title: string, of: string, now: string, all: string][] = [];
  const add = (title: string, name: string, value: (costs: Costs) => string) => rows.push([title, name, value(now), value(all)]);
  for (const name of Object.keys(all.calls)) add('calls', name, ({ calls }) => atMost(calls[name] === undefined ? 0 : calls[name]));
  for (const side of ['prompt', 'completion'] as const)
    for (const name of Object.keys(all.tokens)) add(side === 'prompt' ? 'tokens in' : 'tokens out', name, ({ tokens }) => (tokens[name] ? amountOf(tokens[name][side]) : '0'));
  for (const name of Object.keys(all.gpu_hours)) add('GPU-hours', name, ({ gpu_hours: hours }) => (hours[name] ? amountOf(hours[name]) : '0'));
  if (all.money) add('money', currency ?? '', ({ money }) => (money ? amountOf(money) : '0'));
  if (rows.length === 0) return [];
  const isSame = totals.to_run === totals.nodes;
  const shown = rows.map(([title, of, value, whole], index) => [title === rows[index - 1]?.[0] ? '' : title, of, value, ...(isSame ? [] : [whole])]);
  return table([isSame ? ['', '', 'to run'] : ['', '', 'to run', 'without any reuse'], ...shown]).map((line) => `  ${line}`);
}

/** What the amounts rest on, each once. */
export function basisLines({ estimate: { without_reuse: all } }: PlanSummary): string[] {
  const of = (title: string, bases: string[]) => {
    const known = [...new Set(bases.filter((basis) => basis !== ''))];
    return known.length === 0 ? [] : [`${title}: ${known.join('; ')}`];
  };
  return [
    ...of('calls', Object.keys(all.calls).length === 0 ? [] : ['at most: no item is dropped, no answer was paid for before']),
    ...of('tokens', Object.values(all.tokens).flatMap(({ prompt }) => prompt.basis)),
    ...of('GPU-hours', Object.values(all.gpu_hours).map(({ basis }) => basis)),
    ...of('money', all.money ? [all.money.basis] : []),
  ];
}

/** The longest predicted histories against what the engine takes. */
export function historyLine({ estimate: { history } }: PlanSummary): string | null {
  const known = Object.entries(history).filter(([, { events }]) => events !== null);
  const [longest] = known.toSorted(([, a], [, b]) => (b.events ?? 0) - (a.events ?? 0));
  if (!longest) return null;
  const [workflow, { events }] = longest;
  return `longest history: ${workflow}, ${count(events ?? 0, 'event')} of ${mostEvents.toLocaleString('en')}`;
}

/** `70 to run, 26 reused`; alone: without the number where there is one node only. */
function tallyOf({ to_run, reused, reused_if_unchanged }: Tally, counted = true): string {
  const parts: [number, string][] = [
    [to_run, 'to run'],
    [reused, 'reused'],
    [reused_if_unchanged, 'reused if unchanged'],
  ];
  const said = parts.filter(([number]) => number > 0);
  return said.map(([number, words]) => (counted ? `${number.toLocaleString('en')} ${words}` : words)).join(', ');
}

function markOfStep({ to_run, reused_if_unchanged }: Tally): string {
  return to_run > 0 ? marks['to run'] : reused_if_unchanged > 0 ? marks['reused if unchanged'] : marks.reused;
}
