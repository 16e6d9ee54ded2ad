import type { Command } from 'commander';
import { isMade, labelOf, scalarText, standingOf, titleOf, type ParamValues, type PlanNode, type UnitProgress } from '../../plan/index.ts';
import type { SpecPlaces } from '../compare/change-words.ts';
import { existingStore, openContext, type CommonOptions, type Context } from '../context.ts';
import { readHistory, type EarlierRun, type View } from '../compare/history.ts';
import { explanationJson } from './json.ts';
import { differenceLines } from './lines.ts';
import type { Grounds } from './nearest.ts';
import { madeBy, whyNew } from './reasons.ts';
import { predicateOf, sentenceOf, verbOf, type Explanation, type State } from './words.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { isSource } from '../plan/reuse.ts';
import { nodesAt, stepsThere } from '../runs/pick-node.ts';
import { fileAndOptions, withPipelineOptions, type PipelineOptions } from '../pipeline/options.ts';
import { openRunSide, openSide, type Side } from '../compare/side.ts';
import { count, textColumns } from '../terminal/text.ts';
import { plainLine, wrap } from '../../text/index.ts';

export interface ExplainOptions extends CommonOptions, PipelineOptions {
  /** The file whose next run is explained, or an earlier run. Default: the newest run. */
  of?: string | undefined;
  run?: string;
}

/** Adds the options for explaining a step: a run, and the options of reading a file. */
export function withStepOptions(command: Command): Command {
  return withPipelineOptions(command.option('--run <run>', 'for a step: the run, even if a file has the same name'));
}

/** Says why a step of a file will run or be reused, or why a step of a run did. */
export async function explainStep(step: string, options: ExplainOptions): Promise<void> {
  const { of, run, cell = {} } = options;
  const context = openContext(options, of);
  const side = run === undefined ? await openSide(context, of, options) : await openRunSide(context, run);
  const nodes = nodesExplained(side, { step, cell });
  const explain = await explainer(context, side);
  const explanations: Explanation[] = [];
  for (const node of nodes) explanations.push(await explain(node));
  const { output } = context;
  const { places, name } = side;
  if (output.json)
    return output.emit(explanationJson({ step, about: side.kind === 'file' ? { file: name } : { run: name }, explanations, places }));
  // The first sentence stays on one line, so that a search finds it.
  const [sentence = '', ...rest] = linesExplaining(step, explanations, places).map(plainLine);
  for (const line of [sentence, ...rest.flatMap((each) => wrap(each, textColumns, { hang: 2 }))]) output.data(line);
  if (side.kind === 'file') output.next([[`codepmp plan ${fileAndOptions(name, options)}`, 'what the whole pipeline would do']]);
  else output.next([[`codepmp status ${name}`, "the run's status"]]);
}

/** Explains why a node of a file would run, or why a node of a run did. */
async function explainer(context: Context, side: Side): Promise<(node: PlanNode) => Promise<Explanation>> {
  const store = await existingStore(context);
  const history = store ? await readHistory(store, side.kind === 'run' ? side.progress : undefined) : [];
  if (side.kind === 'file') return (node) => foretell(node, { view: side.view, history, by: Infinity });
  return (node) => lookBack(node, side.view, history);
}

/** The nodes of a step, or the one node with this id, in the chosen cells. */
function nodesExplained({ view: { plan }, kind, name, places }: Side, { step, cell }: { step: string; cell: ParamValues }): PlanNode[] {
  const nodes = nodesAt(plan, step, cell);
  if (nodes.length > 0) return nodes;
  const where = kind === 'file' ? `the plan of ${name}` : name;
  if (nodesAt(plan, step).length > 0) throw new CommandFailure(`${where} has ${step} in no cell with ${labelOf(cell)}`);
  if (places.has(step))
    throw new CommandFailure(`${step} is not in the plan of this file: no target needs it. Add it to targets, or use it in another step`);
  const steps = [...new Set(plan.nodes.map((node) => node.step))];
  throw new CommandFailure(`${where} has no step ${step}. ${stepsThere(step, steps)}`);
}

async function foretell(node: PlanNode, grounds: Grounds): Promise<Explanation> {
  const { view } = grounds;
  const result = await view.resultOf(node.id);
  const bare = { node, difference: null, from: null, equal: [], sources: [], awaited: [] };
  if (!result) return { ...bare, state: 'runs', difference: await whyNew(node, grounds) };
  const sources = sourcesAbove(node, view);
  const from = (await madeBy(node, result, grounds))?.run.run ?? null;
  return { ...bare, state: sources.length > 0 ? 'reused if unchanged' : 'reused', from, sources };
}

/** The sources above a node, itself included, whose content is read only when a run reaches them. */
function sourcesAbove(node: PlanNode, view: View): PlanNode[] {
  const seen = new Map<string, PlanNode>();
  const visit = (each: PlanNode): void => {
    if (seen.has(each.id)) return;
    seen.set(each.id, each);
    for (const ref of Object.values(each.inputs).flat()) visit(view.node(ref.node));
  };
  visit(node);
  return [...seen.values()].filter(isSource);
}

/** Explains a node of a run. A member of a group runs with its group; if its result already existed, it counts as reused. */
async function lookBack(node: PlanNode, view: EarlierRun, history: EarlierRun[]): Promise<Explanation> {
  const unit = view.unitOf(node.id);
  const standing = unit && standingOf(unit, node.id);
  const state = explainedState(standing?.state ?? 'waiting');
  const result = await view.resultOf(node.id);
  const details = { ...(unit?.failure && { failure: unit.failure }), ...(standing?.why !== undefined && { why: standing.why }) };
  const base = { node, state, difference: null, from: null, equal: [], sources: [], awaited: [], ...details };
  if (state === 'waits') return { ...base, awaited: nodesAbove(node, view, (state) => !isMade(state)) };
  const grounds = { view, history, by: unit?.finished ?? unit?.started ?? view.run.started };
  const from = result ? await madeBy(node, result, grounds) : null;
  const isMember = state === 'ran' && (unit?.nodes.length ?? 0) > 1;
  if (state !== 'was reused' && !(isMember && from)) return { ...base, difference: await whyNew(node, grounds) };
  return { ...base, state: 'was reused', from: from?.run.run ?? null, equal: from ? nodesAbove(node, view, (each) => each === 'done') : [] };
}

/** Nodes directly above a node that the run left in such a state. */
function nodesAbove({ inputs }: PlanNode, view: EarlierRun, fits: (state: UnitProgress['state']) => boolean): PlanNode[] {
  const above = new Set(Object.values(inputs).flatMap((refs) => refs.map((ref) => ref.node)));
  return [...above].filter((id) => fits(view.stateOf(id))).map((id) => view.node(id));
}

function explainedState(state: string): State {
  const states: { [state: string]: State } = {
    waiting: 'waits',
    running: 'runs now',
    reused: 'was reused',
    done: 'ran',
    failed: 'failed',
    cancelled: 'cancelled',
    parked: 'parked',
    skipped: 'skipped',
  };
  return states[state] ?? 'waits';
}

/** The explanation and its basis; nodes of a step with the same reason share one. */
function linesExplaining(step: string, explanations: Explanation[], places: SpecPlaces): string[] {
  const [only] = explanations;
  if (!only) return [];
  const shared = only.node.step !== step && only.node.id !== step ? `${step} is the same work as ${only.node.step}: ` : '';
  if (explanations.length === 1) return [`${shared}${sentenceOf(only, places)}`, ...differenceLines(only, places)];
  const [first, ...others] = groupByText(explanations, (each, number) => withoutNodeIds(predicateOf(each, places, number), explanations));
  if (!first) return [];
  if (others.length === 0)
    return [`${shared}all ${count(explanations.length, 'node')} of ${step} ${first.text}`, ...differenceLines(only, places)];
  const verbs = groupByText(explanations, verbOf).map(({ text, members }) => `${members.length.toLocaleString('en')} ${text}`);
  const head = `${shared}${count(explanations.length, 'node')} of ${step}: ${verbs.slice(0, 3).join(', ')}${verbs.length > 3 ? ', …' : ''}`;
  return [
    head,
    ...[first, ...others].flatMap(({ text, members }) => ['', `  ${count(members.length, 'node')} ${text}`, `    ${memberLabels(members)}`]),
  ];
}

/** For several nodes: replaces ids of nodes by their steps, since each node has its own. */
function withoutNodeIds(text: string, explanations: Explanation[]): string {
  return explanations.length === 1 ? text : text.replaceAll(/\b([a-zA-Z][\w-]*)@[0-9a-f]+/g, '$1');
}

/** Nodes grouped by their explanation, largest group first. */
function groupByText(
  explanations: Explanation[],
  say: (each: Explanation, number: 'is' | 'are') => string,
): { text: string; members: Explanation[] }[] {
  const groups = Map.groupBy(explanations, (each) => say(each, 'are'));
  const ordered = [...groups].sort(([, a], [, b]) => b.length - a.length);
  return ordered.map(([text, members]) => ({ text: members.length === 1 && members[0] ? say(members[0], 'is') : text, members }));
}

/** What distinguishes nodes of a step: `init=pmp; seed=1, 2, 3; rm_pairs: 14 values`. */
function memberLabels(members: Explanation[]): string {
  const names = Object.keys(members[0]?.node.label ?? {});
  const texts = names.map((name) => {
    const values = [...new Set(members.map(({ node }) => scalarText(node.label[name] ?? '')))];
    return values.length <= shownValues ? `${name}=${values.join(', ')}` : `${name}: ${values.length} values`;
  });
  return texts.length > 0 ? texts.join('; ') : members.slice(0, shownValues).map(({ node }) => titleOf(node)).join(', ');
}

const shownValues = 4;
