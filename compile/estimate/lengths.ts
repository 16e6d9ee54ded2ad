import { either, nothing, plus, times, unknown } from '../../plan/estimate.ts';
import type { Amount, Lengths } from '../../plan/estimate.ts';
import type { InputRef, PlanNode } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';

/** Tokens of the shipped templates with the chat format around them, but for those whose kind says otherwise. */
const shortTemplate: Amount = { low: 40, high: 160 };

/** Tokens that the template of a node adds to each of its requests; a template of the user's own may be of any length. */
export function templateTokensOf({ kind, settings, resources }: PlanNode): Amount {
  if (resources['templates']) return { low: 0, high: null };
  return kindOf(kind).templateTokens?.(settings) ?? shortTemplate;
}

/** Why the lower bound of lengths is what it is, for whoever reads the estimate. */
export const lengthBasis = "from the paper's mean lengths up to the longest allowed";

/** Items at most of an artifact; null: known once a source is read. */
export type ItemsOf = (ref: InputRef | undefined) => number | null;

/** Lengths by node, made once for all nodes of a plan. */
export type LengthsOf = (ref: InputRef | undefined) => Lengths;

/** Goes down the plan with what its settings say of lengths: typical ones below, the longest allowed above. */
export function lengthsOf(nodes: PlanNode[]): LengthsOf {
  const known = new Map<string, Lengths>();
  const of: LengthsOf = (ref) => (ref && known.get(ref.node)) ?? { item: unknown };
  for (const node of nodes)
    known.set(node.id, lengthsIn(node, (input) => (node.inputs[input]?.[0] ? of(node.inputs[input][0]) : { item: nothing })));
  return of;
}

/** Tokens of one answer of a node that calls a model. */
export function answerLength({ kind, models }: PlanNode): Amount {
  const high = models['model']?.sampling.max_tokens ?? null;
  const { meanAnswer: mean = null } = kindOf(kind);
  return { low: mean === null || high === null ? mean : Math.min(mean, high), high };
}

function lengthsIn(node: PlanNode, entering: (input: string) => Lengths): Lengths {
  const { lengths } = kindOf(node.kind);
  return lengths ? lengths(node.settings, { entering, answer: answerLength(node) }) : passedOn(node, entering);
}

/** A kind that takes items away or mixes them leaves their lengths as they are. */
function passedOn({ inputs }: PlanNode, entering: (input: string) => Lengths): Lengths {
  const [first] = Object.keys(inputs);
  return first === undefined ? { item: unknown } : entering(first);
}

/** Tokens that one training pair costs: the prompt once below, since both answers share it; two whole rows above. */
export function trainedTokens({ pair }: Lengths, maxLength: number): Amount {
  if (!pair) return { low: null, high: 2 * maxLength };
  const low = plus(plus(pair.prompt, pair.chosen), pair.rejected).low;
  const row = (answer: Amount) => Math.min(maxLength, plus(pair.prompt, answer).high ?? maxLength);
  return { low: low === null ? null : Math.min(low, 2 * maxLength), high: row(pair.chosen) + row(pair.rejected) };
}

/** Tokens of one scored text: an item, or of a pair the prompt with one of its answers. */
export function scoredTokens({ item: whole, pair }: Lengths, maxLength: number): Amount {
  const item = pair ? plus(pair.prompt, either(pair.chosen, pair.rejected)) : whole;
  return { low: item.low === null ? null : Math.min(item.low, maxLength), high: Math.min(maxLength, item.high ?? maxLength) };
}

/** So many items of such a length. */
export function timesItems(length: Amount, items: number | null): Amount {
  return items === 0 ? nothing : times(length, items);
}
