import type { Command } from 'commander';
import type { PlanNode } from '../plan/index.ts';
import { labelOf, titleOf } from '../plan/index.ts';
import { specPlaces } from './change-words.ts';
import type { SpecPlaces } from './change-words.ts';
import { existingStore, openContext, requireStore } from './context.ts';
import type { CommonOptions, Context } from './context.ts';
import { fileView, readHistory, runView } from './explain-history.ts';
import type { EarlierRun, View } from './explain-history.ts';
import { explanationJson } from './explain-json.ts';
import { differenceLines } from './explain-lines.ts';
import { madeBy, whyNew } from './explain-reasons.ts';
import type { Grounds } from './explain-reasons.ts';
import { reasonOf, sentenceOf, verbOf } from './explain-words.ts';
import type { Explanation, State } from './explain-words.ts';
import { CommandFailure } from './failure.ts';
import { collectSet, readPipeline, requirePlan } from './pipeline-file.ts';
import type { SetValues } from './pipeline-file.ts';
import { isFile } from './run-or-file.ts';
import { pickRun, readPlan, readSubmission } from './runs.ts';
import { count } from './words.ts';

export interface ExplainOptions extends CommonOptions {
  /** The file whose next run is explained, or a run that was; the newest run unless told. */
  of?: string | undefined;
  run?: string;
  set?: SetValues;
}

/** Adds the options of a step's explanation. */
export function withStepOptions(command: Command): Command {
  return command
    .option('--run <run>', 'for a step: the run, where a file has the same name')
    .option('--set <name=value>', 'for a step of a file: give a param another value; may be repeated', collectSet);
}

/** Says why a step will run or be reused (of a file), or why it did (of a run). */
export async function explainStep(step: string, options: ExplainOptions): Promise<void> {
  const context = openContext(options);
  const { of, run = of, set = {} } = options;
  const subject = of !== undefined && options.run === undefined && isFile(of) ? await ofFile(context, of, set) : await ofRun(context, run);
  const nodes = nodesOf(subject, step);
  const explanations: Explanation[] = [];
  for (const node of nodes) explanations.push(await subject.explain(node));
  const { output } = context;
  if (output.json) return output.emit(explanationJson({ step, about: subject.about, explanations, places: subject.places }));
  for (const line of textOf(step, explanations, subject.places)) output.data(line);
  output.next(subject.next);
}

/** What is explained: a file's plan or a run's, with what speaks for each of its nodes. */
interface Subject {
  about: { file: string } | { run: string };
  view: View;
  places: SpecPlaces;
  explain(node: PlanNode): Promise<Explanation>;
  next: [command: string, why: string][];
}

async function ofFile(context: Context, path: string, set: SetValues): Promise<Subject> {
  const pipeline = readPipeline(context, path, set);
  const plan = requirePlan(context, pipeline);
  const store = await existingStore(context);
  const history = store ? await readHistory(store) : [];
  const view = fileView(store, plan, history);
  const grounds: Grounds = { view, history };
  return {
    about: { file: pipeline.file },
    view,
    places: specPlaces({ file: pipeline.file, text: pipeline.text, set }),
    explain: (node) => foresee(node, grounds),
    next: [[`codepmp plan ${path}`, 'what the whole pipeline would do']],
  };
}

async function ofRun(context: Context, name: string | undefined): Promise<Subject> {
  const store = await requireStore(context);
  const progress = await pickRun(store, name);
  const plan = await readPlan(store, progress);
  if (!plan) throw new CommandFailure(`${progress.run} has no plan yet: its file was not compiled. See how it stands: codepmp status ${progress.run}`);
  const view = runView(store, progress, plan);
  const history = await readHistory(store, { before: progress.started });
  const submission = await readSubmission(store, progress.run);
  return {
    about: { run: progress.run },
    view,
    places: specPlaces({ file: submission?.file ?? 'plan.json', text: submission?.spec ?? null, set: submission?.set ?? {} }),
    explain: (node) => lookBack(node, view, history),
    next: [[`codepmp status ${progress.run}`, 'how the run stands']],
  };
}

/** The nodes of a step, or the one node that is named. */
function nodesOf({ view: { plan }, about, places }: Subject, asked: string): PlanNode[] {
  const nodes = plan.nodes.filter(({ step, id }) => step === asked || id === asked);
  const cells = nodes.length > 0 ? [] : plan.cells.map((cell) => cell.nodes[asked]);
  const shared = plan.nodes.filter(({ id }) => cells.includes(id));
  if (nodes.length + shared.length > 0) return [...nodes, ...shared];
  const steps = [...new Set(plan.nodes.map(({ step }) => step))];
  const where = 'file' in about ? `the plan of ${about.file}` : about.run;
  if (places.has(asked)) throw new CommandFailure(`${asked} is in no plan of this file: no target needs it. Name it under targets, or let another step read it`);
  throw new CommandFailure(`${where} has no step ${asked}. Its steps: ${steps.join(', ')}`);
}

async function foresee(node: PlanNode, grounds: Grounds): Promise<Explanation> {
  const { view, history } = grounds;
  const result = await view.resultOf(node.id);
  const bare = { node, difference: null, from: null, equal: [], sources: [] };
  if (!result) return { ...bare, state: 'runs', difference: await whyNew(node, grounds) };
  const sources = sourcesAbove(node, view);
  const from = (await madeBy(node, result, history))?.run.run ?? null;
  return { ...bare, state: sources.length > 0 ? 'reused if unchanged' : 'reused', from, sources };
}

/** Sources whose content is looked at when a run reaches them, the node itself included. */
function sourcesAbove(node: PlanNode, view: View): PlanNode[] {
  const seen = new Map<string, PlanNode>();
  const visit = (each: PlanNode): void => {
    if (seen.has(each.id)) return;
    seen.set(each.id, each);
    for (const ref of Object.values(each.inputs).flat()) visit(view.node(ref.node));
  };
  visit(node);
  return [...seen.values()].filter(({ kind }) => kind.startsWith('source/'));
}

/** A member of a group runs with it; one whose result was there before is as good as reused. */
async function lookBack(node: PlanNode, view: EarlierRun, history: EarlierRun[]): Promise<Explanation> {
  const unit = view.unitOf(node.id);
  const state = stateOf(unit?.state ?? 'waiting');
  const result = await view.resultOf(node.id);
  const base = { node, state, difference: null, from: null, equal: [], sources: [], ...(unit?.failure && { failure: unit.failure }) };
  const from = result ? await madeBy(node, result, history) : null;
  const isMember = state === 'ran' && (unit?.nodes.length ?? 0) > 1;
  if (state !== 'was reused' && !(isMember && from)) return { ...base, difference: await whyNew(node, { view, history }) };
  return { ...base, state: 'was reused', from: from?.run.run ?? null, equal: from ? ranAbove(node, view) : [] };
}

/** Nodes directly above that ran in this run, although what they made is what the reused node was made of. */
function ranAbove({ inputs }: PlanNode, view: EarlierRun): PlanNode[] {
  const above = new Set(Object.values(inputs).flatMap((refs) => refs.map((ref) => ref.node)));
  return [...above].filter((id) => view.unitOf(id)?.state === 'done').map((id) => view.node(id));
}

function stateOf(state: string): State {
  const states: { [state: string]: State } = { waiting: 'waits', running: 'runs now', reused: 'was reused', done: 'ran', failed: 'failed', cancelled: 'cancelled', parked: 'parked', skipped: 'skipped' };
  return states[state] ?? 'waits';
}

/** The sentence, and below it what it rests on; nodes of a step that share their reason are said once. */
function textOf(step: string, explanations: Explanation[], places: SpecPlaces): string[] {
  const [only] = explanations;
  const shared = only && only.node.step !== step && only.node.id !== step ? `${step} is the same work as ${only.node.step}: ` : '';
  if (only && explanations.length === 1) return [`${shared}${sentenceOf(only, places)}`, ...differenceLines(only, places)];
  const groups = new Map<string, Explanation[]>();
  for (const each of explanations) {
    const said = `${verbOf(each)}: ${reasonOf(each, places)}`;
    groups.set(said, [...(groups.get(said) ?? []), each]);
  }
  const ordered = [...groups].sort(([, a], [, b]) => b.length - a.length);
  if (ordered.length === 1 && only) return [`${shared}all ${count(explanations.length, 'node')} of ${step}: ${ordered[0]?.[0]}`, ...differenceLines(only, places)];
  const totals = ordered.slice(0, 3).map(([said, members]) => `${members.length} ${said.split(':')[0]}`);
  const lines = [`${shared}${count(explanations.length, 'node')} of ${step}: ${totals.join(', ')}${ordered.length > 3 ? ', …' : ''}`];
  for (const [said, members] of ordered) lines.push('', `  ${count(members.length, 'node')}: ${said}`, `    ${labelsOf(members)}`);
  return lines;
}

function labelsOf(members: Explanation[]): string {
  const names = members.slice(0, 4).map(({ node }) => labelOf(node.label) || titleOf(node));
  return `${names.join(' | ')}${members.length > 4 ? ` | and ${members.length - 4} more` : ''}`;
}
