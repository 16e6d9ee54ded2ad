import type { PlanNode } from '../../plan/index.ts';
import { labelOf, titleOf } from '../../plan/index.ts';
import { allChangeWords, changeText } from '../compare/change-words.ts';
import type { ChangeWords, SpecPlaces } from '../compare/change-words.ts';
import { rootsOf } from './reasons.ts';
import type { Difference, Gap } from './reasons.ts';
import { count, plain } from '../terminal/text.ts';

/** What a node does or did, and why. */
export interface Explanation {
  node: PlanNode;
  state: State;
  /** Why it is not the node it is compared with; null: no earlier run had one, or it was not asked for. */
  difference: Difference | null;
  /** The run whose result is taken. */
  from: string | null;
  /** Nodes it reads that ran again and gave what they gave before. */
  equal: PlanNode[];
  /** What it reads whose source is only looked at when a run reaches it. */
  sources: PlanNode[];
  /** What it reads and a run has not finished. */
  awaited: PlanNode[];
  failure?: { class: string; message: string };
  /** Why it was skipped. */
  why?: string;
}

/** Of a file: the first three. Of a run: how it left the node. */
export type State = 'runs' | 'reused' | 'reused if unchanged' | 'ran' | 'was reused' | 'failed' | 'cancelled' | 'runs now' | 'waits' | 'parked' | 'skipped';

/** One sentence that stands alone: `pmp re-runs: schedule.lr 3e-6 → 1e-6 (pipeline.yaml:41)`. */
export function sentenceOf(explanation: Explanation, places: SpecPlaces): string {
  return `${titleOf(explanation.node)} ${saidOf(explanation, places)}`;
}

/** The sentence without the node; how a node ended is reason enough where it did not end well. */
export function saidOf(explanation: Explanation, places: SpecPlaces, number: 'is' | 'are' = 'is'): string {
  const verb = verbOf(explanation, number);
  return ['failed', 'parked', 'cancelled'].includes(explanation.state) ? verb : `${verb}: ${reasonOf(explanation, places)}`;
}

/** What stands before the reason, alike for all nodes of a step that share it; `are`: of several nodes. */
export function verbOf({ node, state, difference, failure, sources }: Explanation, number: 'is' | 'are' = 'is'): string {
  const isAgain = difference !== null && Object.keys(difference.fresh).length === 0 && (difference.gap === null || difference.gap.state === 'gone');
  const [s, was] = number === 'is' ? ['s', 'was'] : ['', 'were'];
  switch (state) {
    case 'runs':
      return `${isAgain ? 're-' : ''}run${s}`;
    case 'ran':
      return `${isAgain ? 're-' : ''}ran`;
    case 'reused':
      return `${number} reused`;
    case 'reused if unchanged':
      return `${number} reused if ${sources.includes(node) ? 'its content' : listed(sources)} ${sources.length === 1 ? 'is' : 'are'} unchanged`;
    case 'failed':
      return `failed${failedText(failure)}`;
    case 'parked':
      return `${number} parked${failedText(failure)}`;
    case 'was reused':
    case 'cancelled':
    case 'skipped':
      return `${was} ${state.replace('was ', '')}`;
    case 'runs now':
      return `run${s} now`;
    case 'waits':
      return `wait${s}`;
  }
}

function failedText(failure: Explanation['failure']): string {
  return failure ? ` (${failure.class}): ${firstLine(failure.message)}` : '';
}

/** Why, in words; the causes, wherever above they lie. */
export function reasonOf({ node, state, difference, from, equal, awaited, why }: Explanation, places: SpecPlaces): string {
  if (why !== undefined) return firstLine(why);
  if (state === 'waits') return awaited.length > 0 ? `for ${listed(awaited)}` : 'for its turn';
  if (state === 'was reused' || state === 'reused' || state === 'reused if unchanged') {
    const made = from === null ? 'the store has a result of the same parts' : `made in ${from} of the same parts`;
    return equal.length === 0 ? made : `${made}; ${listed(equal)} ran again with an equal result`;
  }
  if (!difference) return 'no earlier run in this store has such a step';
  if (Object.keys(difference.fresh).length > 0) return `no earlier run has ${labelOf(difference.fresh)}`;
  const causes = [...causesByText(difference, places)].map(([text, nodes]) => (nodes.includes(node) ? text : `in ${listed(nodes)}, ${text}`));
  return causes.length <= shownCauses ? causes.join('; ') : `${causes.slice(0, shownCauses).join('; ')}; and ${causes.length - shownCauses} more`;
}

/** What lies behind a difference; one edit of the file that meets several nodes is one cause. */
function causesByText(difference: Difference, places: SpecPlaces): Map<string, PlanNode[]> {
  const causes = rootsOf(difference).flatMap((root) => causesOf(root, places).map((text) => ({ text, node: root.node })));
  return new Map([...Map.groupBy(causes, ({ text }) => text)].map(([text, of]) => [text, of.map(({ node }) => node)]));
}

const shownCauses = 2;

/** What differs in a node itself, in words; what it reads from the same step as before is left to that step. */
export function causesOf(root: Difference, places: SpecPlaces): string[] {
  const rewired = root.inputs.filter(({ cause }) => cause === null).map(({ input, now, before }) => rewiredText(root, { input, now, before }, places));
  return [...changesOf(root, places).map(changeText), ...rewired, ...(root.gap ? [gapText(root.gap)] : [])];
}

/** Changed parts of a node in words. */
export function changesOf({ node, compared, changes }: Difference, places: SpecPlaces): ChangeWords[] {
  return allChangeWords({ before: compared.node, after: node, changes, places });
}

function rewiredText({ node }: Difference, { input, now, before }: { input: string; now: PlanNode | null; before: PlanNode | null }, places: SpecPlaces): string {
  const at = `(${places.ofInput(node, input) ?? ''})`;
  if (now && before) return `${input} reads ${titleOf(now)} instead of ${titleOf(before)} ${at}`;
  return now ? `${input} also reads ${titleOf(now)} ${at}` : `${input} no longer reads ${before ? titleOf(before) : ''} ${at}`;
}

function gapText({ run, state, failure }: Gap): string {
  if (state === 'gone') return `the store no longer has the result that ${run} recorded`;
  if (state === 'running') return `${run} is at it now; a run would wait for its result`;
  if (state === 'waiting') return `${run} did not come to it`;
  if (state === 'done' || state === 'reused') return `${run} has it of the same parts, and the result was made again`;
  return `it did not finish in ${run} (${failure ? `${failure.class}: ${firstLine(failure.message)}` : state})`;
}

function firstLine(text: string): string {
  return plain(text).split('\n')[0] ?? '';
}

/** Nodes by their titles, three at most of a step one by one: `a, rm (seed=1), accuracy (1,400 nodes)`. */
export function listed(nodes: PlanNode[]): string {
  const steps = Map.groupBy(nodes, ({ step }) => step);
  const names = [...steps].flatMap(([step, members]) => (members.length <= 3 ? members.map(titleOf) : [`${step} (${count(members.length, 'node')})`]));
  return names.length <= shownNames ? names.join(', ') : `${names.slice(0, shownNames).join(', ')} and ${names.length - shownNames} more`;
}

const shownNames = 6;
