import { labelOf, titleOf, type PlanNode } from '../../plan/index.ts';
import { allChangeWords, changeText, type SpecPlaces } from '../compare/change-words.ts';
import { listedNodes } from '../compare/nodes.ts';
import { rootsOf, type Difference, type Gap } from './reasons.ts';
import { plainText } from '../../text/index.ts';

/** What a node does or did, and why. */
export interface Explanation {
  node: PlanNode;
  state: State;
  /** Why it differs from the node it is compared with; null: no earlier run had one, or it was not needed. */
  difference: Difference | null;
  /** The run whose result is reused. */
  from: string | null;
  /** Inputs that ran again with an equal result. */
  equal: PlanNode[];
  /** Sources above it whose content is only read when a run reaches them. */
  sources: PlanNode[];
  /** Inputs that the run has not finished. */
  awaited: PlanNode[];
  failure?: { class: string; message: string };
  /** Why it was skipped. */
  why?: string;
}

/** Of a file: the first three. Of a run: the state of the node. */
export type State =
  'runs' | 'reused' | 'reused if unchanged' | 'ran' | 'was reused' | 'failed' | 'cancelled' | 'runs now' | 'waits' | 'parked' | 'skipped';

/** One sentence that can be read alone: `pmp re-runs: schedule.lr 3e-6 → 1e-6 (pipeline.yaml:41)`. */
export function sentenceOf(explanation: Explanation, places: SpecPlaces): string {
  return `${titleOf(explanation.node)} ${predicateOf(explanation, places)}`;
}

/** The sentence without the node. A node that ended badly needs no further reason. */
export function predicateOf(explanation: Explanation, places: SpecPlaces, number: 'is' | 'are' = 'is'): string {
  const verb = verbOf(explanation, number);
  return ['failed', 'parked', 'cancelled'].includes(explanation.state) ? verb : `${verb}: ${reasonForNode(explanation, places)}`;
}

/** The part before the reason, equal for all nodes of a step that share it; `are`: for several nodes. */
export function verbOf({ node, state, difference, failure, sources }: Explanation, number: 'is' | 'are' = 'is'): string {
  const isAgain =
    difference !== null && Object.keys(difference.fresh).length === 0 && (difference.gap === null || difference.gap.state === 'gone');
  const [s, was] = number === 'is' ? ['s', 'was'] : ['', 'were'];
  switch (state) {
    case 'runs':
      return `${isAgain ? 're-' : ''}run${s}`;
    case 'ran':
      return `${isAgain ? 're-' : ''}ran`;
    case 'reused':
      return `${number} reused`;
    case 'reused if unchanged':
      return `${number} reused if ${sources.includes(node) ? 'its content' : listedNodes(sources)} ${sources.length === 1 ? 'is' : 'are'} unchanged`;
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
  return failure ? ` (${failure.class}): ${firstLineOf(failure.message)}` : '';
}

/** The reason in words, with causes anywhere above the node. */
function reasonForNode({ node, state, difference, from, equal, awaited, why }: Explanation, places: SpecPlaces): string {
  if (why !== undefined) return firstLineOf(why);
  if (state === 'waits') return awaited.length > 0 ? `for ${listedNodes(awaited)}` : 'for its turn';
  if (state === 'was reused' || state === 'reused' || state === 'reused if unchanged') {
    const made =
      from === null ? 'the store has a result with the same settings and inputs' : `made in ${from} with the same settings and inputs`;
    return equal.length === 0 ? made : `${made}; ${listedNodes(equal)} ran again with an equal result`;
  }
  if (!difference) return 'no earlier run in this store has such a step';
  if (Object.keys(difference.fresh).length > 0) return `no earlier run has ${labelOf(difference.fresh)}`;
  const causes = [...causesByText(difference, places)].map(([text, nodes]) =>
    nodes.includes(node) ? text : `in ${listedNodes(nodes)}, ${text}`,
  );
  return causes.length <= shownCauses
    ? causes.join('; ')
    : `${causes.slice(0, shownCauses).join('; ')}; and ${causes.length - shownCauses} more`;
}

/** The causes of a difference; an edit of the file that affects several nodes is one cause. */
function causesByText(difference: Difference, places: SpecPlaces): Map<string, PlanNode[]> {
  const causes = rootsOf(difference).flatMap((root) => causesOf(root, places).map((text) => ({ text, node: root.node })));
  return new Map([...Map.groupBy(causes, ({ text }) => text)].map(([text, of]) => [text, of.map(({ node }) => node)]));
}

const shownCauses = 2;

/** A node's own differences in words, without those of inputs from the same step as before. */
export function causesOf(root: Difference, places: SpecPlaces): string[] {
  const rewired = root.inputs
    .filter(({ cause }) => cause === null)
    .map(({ input, now, before }) => rewiredText(root, { input, now, before }, places));
  const { node, compared, changes } = root;
  const words = allChangeWords({ before: compared.node, after: node, changes, places });
  return [...words.map(changeText), ...rewired, ...(root.gap ? [gapText(root.gap)] : [])];
}

function rewiredText(
  { node }: Difference,
  { input, now, before }: { input: string; now: PlanNode | null; before: PlanNode | null },
  places: SpecPlaces,
): string {
  const at = `(${places.ofInput(node, input) ?? ''})`;
  if (now && before) return `${input} reads ${titleOf(now)} instead of ${titleOf(before)} ${at}`;
  return now ? `${input} also reads ${titleOf(now)} ${at}` : `${input} no longer reads ${before ? titleOf(before) : ''} ${at}`;
}

function gapText({ run, state, failure }: Gap): string {
  if (state === 'gone') return `the store no longer has the result that ${run} recorded`;
  if (state === 'running') return `${run} is running it now; a new run would wait for its result`;
  if (state === 'waiting') return `${run} did not reach it`;
  if (state === 'done' || state === 'reused') return `${run} has a result with the same settings and inputs, and it was made again`;
  return `it did not finish in ${run} (${failure ? `${failure.class}: ${firstLineOf(failure.message)}` : state})`;
}

function firstLineOf(text: string): string {
  return plainText(text).split('\n')[0] ?? '';
}
