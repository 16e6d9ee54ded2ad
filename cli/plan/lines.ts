import { plus, titleOf, type Amount, type Plan, type PlanNode } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';
import { amountOf, atMost, short } from './amounts.ts';
import { mostEvents } from '../../plan/limits.ts';
import type { Outlook } from './reuse.ts';
import type { Costs, PlanSummary, StepSummary, Tally } from './summary.ts';
import { count } from '../terminal/text.ts';
import { fit, columnTable } from '../../text/index.ts';

/** Marks of the three outlooks; a step with several has that of the most work. */
const marks = { 'to run': '+', 'reused if unchanged': '~', reused: '=' } as const satisfies { [outlook in Outlook]: string };

/** The first line: the number of cells and nodes, and what these would do. */
export function headLine({ cells, steps_without_merging: all, totals }: PlanSummary): string {
  const merged = all > totals.nodes ? `${count(all, 'step')} without merging → ` : '';
  const from = cells > 1 ? `${count(cells, 'cell')} → ${merged}` : '';
  return `${from}${count(totals.nodes, 'node')}: ${tallyOf(totals)}`;
}

/** One line for the start of a run: what runs, what is reused, and the costs. */
export function runLine({ totals, estimate: { to_run: now, currency } }: PlanSummary): string {
  const calls = totalOfKnown(Object.values(now.calls));
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

/** What merging saves, with the most important steps; null if nothing is shared. */
export function savingLine({ steps_without_merging: all, totals, steps, estimate }: PlanSummary): string | null {
  const saved = all - totals.nodes;
  if (saved <= 0) return null;
  const most = steps
    .filter((step) => weight(step) > 0 && step.without_merging > step.nodes)
    .toSorted((a, b) => weight(b) - weight(a) || b.without_merging - b.nodes - (a.without_merging - a.nodes))
    .slice(0, 2)
    .map(({ step, nodes, without_merging }) => `${step} ${nodes.toLocaleString('en')} instead of ${without_merging.toLocaleString('en')}`);
  const examples = most.length === 0 ? '' : ` (${most.join(', ')})`;
  return `Merging saves ${saved.toLocaleString('en')} of ${count(all, 'step')}${examples}${savedAmounts(estimate)}.`;
}

/** How much a step matters: a training before a step that calls a model. */
function weight({ kind }: StepSummary): number {
  const { outputs, models } = kindOf(kind);
  return Object.values(outputs).includes('checkpoint') ? 2 : Object.keys(models).length > 0 ? 1 : 0;
}

/** What the saved steps would have cost at most; empty if unknown. */
function savedAmounts({ without_reuse: merged, without_merging: alone }: PlanSummary['estimate']): string {
  const difference = (of: (costs: Costs) => (number | null)[]) => {
    const [more, less] = [totalOfKnown(of(alone)), totalOfKnown(of(merged))];
    return more === null || less === null ? 0 : more - less;
  };
  const calls = difference((costs) => Object.values(costs.calls));
  const hours = difference((costs) => Object.values(costs.gpu_hours).map(({ high, known }) => high ?? known?.high ?? 0));
  const parts = [...(calls > 0 ? [`${short(calls)} calls`] : []), ...(hours > 0 ? [`${short(hours)} GPU-hours`] : [])];
  return parts.length === 0 ? '' : `: up to ${parts.join(' and ')}`;
}

/** One line per step: its mark, its name, its kind and what its nodes would do. */
export function stepLines({ steps }: PlanSummary, columns: number): string[] {
  const rows = steps.map((step) => [`${markOfStep(step)} ${step.step}`, step.kind, nodeAmount(step)]);
  return columnTable(rows).map((line) => fit(`  ${line}`, columns));
}

function nodeAmount(step: StepSummary): string {
  const isOne = [step.to_run, step.reused, step.reused_if_unchanged].includes(step.nodes);
  if (step.nodes === 1) return tallyOf(step, false);
  return isOne ? `${count(step.nodes, 'node')} ${tallyOf(step, false)}` : `${count(step.nodes, 'node')}: ${tallyOf(step)}`;
}

/** One line per node: its mark, its title, its kind, what it would do and its inputs. */
export function nodeLines({ nodes }: Plan, outlookOf: (node: string) => Outlook, columns: number): string[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const rows = nodes.map((node) => {
    const outlook = outlookOf(node.id);
    return [`${marks[outlook]} ${titleOf(node)}`, node.kind, outlook, readsOf(node, byId)];
  });
  return columnTable(rows).map((line) => fit(`  ${line}`, columns));
}

/** The inputs of a node; one with the same varying values is named by its step. */
function readsOf({ inputs, label }: PlanNode, nodes: Map<string, PlanNode>): string {
  const nameOf = (node: PlanNode) =>
    Object.entries(node.label).every(([param, value]) => label[param] === value) ? node.step : titleOf(node);
  const names = Object.values(inputs).flat().map(({ node: id, output }) => {
    const node = nodes.get(id);
    return `${node ? nameOf(node) : id}${output === 'out' ? '' : `.${output}`}`;
  });
  return names.length === 0 ? '' : `from ${names.join(', ')}`;
}

/** The meaning of the marks in use; null if there is only one. */
export function legend({ to_run, reused, reused_if_unchanged }: Tally): string | null {
  const words = [
    ...(to_run > 0 ? [`${marks['to run']} to run`] : []),
    ...(reused > 0 ? [`${marks.reused} reused`] : []),
    ...(reused_if_unchanged > 0 ? [`${marks['reused if unchanged']} reused if the sources it depends on are unchanged`] : []),
  ];
  return words.length < 2 ? null : `  ${words.join('   ')}`;
}

/** The costs of this run, beside those of a run without any reuse. */
export function costLines({ estimate: { to_run: now, without_reuse: all, currency }, totals }: PlanSummary, columns: number): string[] {
  const rows: [title: string, of: string, now: string, all: string][] = [];
  const add = (title: string, name: string, value: (costs: Costs) => string) => rows.push([title, name, value(now), value(all)]);
  for (const name of Object.keys(all.calls)) add('calls', name, ({ calls }) => atMost(calls[name] === undefined ? 0 : calls[name]));
  for (const side of ['prompt', 'completion'] as const)
    for (const name of Object.keys(all.tokens))
      add(side === 'prompt' ? 'tokens in' : 'tokens out', name, ({ tokens }) => (tokens[name] ? amountOf(tokens[name][side]) : '0'));
  for (const name of Object.keys(all.gpu_hours))
    add('GPU-hours', name, ({ gpu_hours: hours }) => (hours[name] ? amountOf(hours[name]) : '0'));
  if (all.money) add('money', currency ?? '', ({ money }) => (money ? amountOf(money) : '0'));
  if (rows.length === 0) return [];
  const titled = rows.map(([title, ...rest], index) => [title === rows[index - 1]?.[0] ? '' : title, ...rest]);
  const tableOf = (heads: string[], picked: (row: string[]) => string[]) =>
    columnTable([['', '', ...heads], ...titled.map(picked)]).map((line) => `  ${line}`);
  const first = tableOf(['to run'], (row) => row.slice(0, 3));
  if (totals.to_run === totals.nodes) return first;
  const both = tableOf(['to run', 'without any reuse'], (row) => row);
  if (both.every((line) => line.length <= columns)) return both;
  return [...first, '', ...tableOf(['without any reuse'], ([title = '', of = '', , whole = '']) => [title, of, whole])];
}

/** The bases of the estimates, each once. */
export function basisLines({ estimate: { without_reuse: all } }: PlanSummary): string[] {
  const asked = Object.keys(all.calls).length > 0;
  const prompts = Object.entries(all.tokens).map(([name, { prompt }]): [string, string] => [name, prompt.basis]);
  const hours = Object.entries(all.gpu_hours).map(([name, { basis }]): [string, string] => [name, basis]);
  return [
    ...(asked ? ['calls: at most, if no item is dropped and no answer has been paid for before'] : []),
    ...basisSentences('tokens', prompts),
    ...basisSentences('GPU-hours', hours),
    ...(all.money ? [`money: ${all.money.basis}`] : []),
  ];
}

/** The bases of amounts on one line, with names if they are not all the same. */
function basisSentences(title: string, bases: [name: string, basis: string][]): string[] {
  const byBasis = Map.groupBy(bases, ([, basis]) => basis);
  if (byBasis.size === 0) return [];
  const parts = [...byBasis].map(([basis, of]) => (byBasis.size === 1 ? basis : `${of.map(([name]) => name).join(', ')} ${basis}`));
  return [`${title}: ${parts.join('; ')}`];
}

/** The caps of the budget and whether this plan could reach them; null if there are none. */
export function budgetLine({ budget, estimate: { to_run: now } }: PlanSummary): string | null {
  const most = {
    calls: totalOfKnown(Object.values(now.calls)),
    gpu_hours: totalOfKnown(Object.values(now.gpu_hours).map(({ high }) => high)),
    money: now.money === null ? 0 : now.money.high,
  };
  const caps = (['calls', 'gpu_hours', 'money'] as const).flatMap((name) => {
    const cap = budget[name];
    if (cap === null) return [];
    const foreseen = most[name];
    const verdict = foreseen === null ? 'unknown if reached' : foreseen > cap ? `may be reached: up to ${short(foreseen)}` : 'not reached';
    return [`${name.replace('gpu_hours', 'GPU-hours')} ${cap.toLocaleString('en')} (${verdict})`];
  });
  return caps.length === 0 ? null : `budget: ${caps.join(', ')}`;
}

function totalOfKnown(numbers: (number | null)[]): number | null {
  return numbers.reduce<number | null>((sum, number) => (sum === null || number === null ? null : sum + number), 0);
}

/** The number of claims; null if there are none. */
export function claimsLine({ claims }: PlanSummary): string | null {
  return claims === 0 ? null : `claims: ${claims}, checked at the end of the run`;
}

/** The longest predicted workflow history against the limit of the engine. */
export function historyLine({ estimate: { history } }: PlanSummary): string | null {
  const [longest] = Object.entries(history).toSorted(([, a], [, b]) => (b ?? 0) - (a ?? 0));
  if (!longest) return null;
  const [workflow, events] = longest;
  return `longest history: ${workflow}, ${count(events ?? 0, 'event')} of ${mostEvents.toLocaleString('en')}`;
}

/** `70 to run, 26 reused`; with `counted` false, without the numbers. */
function tallyOf({ to_run, reused, reused_if_unchanged }: Tally, counted = true): string {
  const parts: [number, string][] = [
    [to_run, 'to run'],
    [reused, 'reused'],
    [reused_if_unchanged, 'reused if unchanged'],
  ];
  const basisSentences = parts.filter(([number]) => number > 0);
  return basisSentences.map(([number, words]) => (counted ? `${number.toLocaleString('en')} ${words}` : words)).join(', ');
}

function markOfStep({ to_run, reused_if_unchanged }: Tally): string {
  return to_run > 0 ? marks['to run'] : reused_if_unchanged > 0 ? marks['reused if unchanged'] : marks.reused;
}
