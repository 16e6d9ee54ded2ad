import { nothing, plus, unknown } from '../../plan/estimate.ts';
import type { Amount } from '../../plan/estimate.ts';
import type { InputRef, PlanNode } from '../../plan/index.ts';

/** Mean tokens of the paper's pairs: its Table 4, and what is left of its 19 billion tokens for the prompts of 28 million pairs. */
const typical = { description: 147, answer: 190 };

/** Characters of code in a token: five in plain text, two in dense code. */
const charactersPerToken = { most: 5, least: 2 };

/** Tokens of the shipped templates with the chat format around them. */
export const templateTokens: Amount = { low: 40, high: 160 };

/** The generated problems: their lengths in characters, at two to five in a token, rounded outwards. */
const arithmetic: Lengths = {
  item: { low: 40, high: 320 },
  pair: { prompt: { low: 19, high: 100 }, chosen: { low: 14, high: 140 }, rejected: { low: 14, high: 140 } },
};

/** Why the lower bound of lengths is what it is, for whoever reads the estimate. */
export const lengthBasis = "from the paper's mean lengths to the longest allowed";

/** Tokens of one item of an artifact; the three parts of a pair apart. */
export interface Lengths {
  item: Amount;
  pair?: { prompt: Amount; chosen: Amount; rejected: Amount };
}

/** Items at most of an artifact; null: known once a source is read. */
export type ItemsOf = (ref: InputRef | undefined) => number | null;

/** Lengths by node, made once for all nodes of a plan. */
export type LengthsOf = (ref: InputRef | undefined) => Lengths;

/** Goes down the plan with what its settings say of lengths: typical ones below, the longest allowed above. */
export function lengthsOf(nodes: PlanNode[]): LengthsOf {
  const known = new Map<string, Lengths>();
  const of: LengthsOf = (ref) => (ref && known.get(ref.node)) ?? { item: unknown };
  for (const node of nodes) known.set(node.id, lengthsIn(node, (input) => of(node.inputs[input]?.[0])));
  return of;
}

/** Tokens of one answer of a node that calls a model. */
export function answerOf({ kind, models }: PlanNode): Amount {
  const high = models['model']?.sampling.max_tokens ?? null;
  const mean = kind === 'summarize' ? typical.description : kind === 'respond' ? typical.answer : null;
  return { low: mean === null || high === null ? mean : Math.min(mean, high), high };
}

function lengthsIn(node: PlanNode, entering: (input: string) => Lengths): Lengths {
  switch (node.kind) {
    case 'source/files':
      return { item: tokensOfCharacters(node.settings['characters']) };
    case 'dataset/arithmetic':
      return arithmetic;
    case 'summarize':
    case 'respond':
      return { item: answerOf(node) };
    case 'clip':
      return { item: kept(entering('prompts').item, Number(node.settings['keep'] ?? 1)) };
    case 'pair': {
      const pair = { prompt: entering('prompts').item, chosen: entering('chosen').item, rejected: entering('rejected').item };
      return { item: plus(plus(pair.prompt, pair.chosen), pair.rejected), pair };
    }
    case 'candidates':
      return { item: plus(entering('questions').item, answerOf(node)) };
    case 'grade':
      return entering('candidates');
    default:
      return passedOn(node, entering);
  }
}

/** A kind that takes items away or mixes them leaves their lengths as they are. */
function passedOn({ inputs }: PlanNode, entering: (input: string) => Lengths): Lengths {
  const [first] = Object.keys(inputs);
  return first === undefined ? { item: unknown } : entering(first);
}

function tokensOfCharacters(setting: unknown): Amount {
  const { min = 0, max = null } = (setting ?? {}) as { min?: number; max?: number | null };
  return { low: Math.floor(min / charactersPerToken.most), high: max === null ? null : Math.ceil(max / charactersPerToken.least) };
}

function kept({ low, high }: Amount, share: number): Amount {
  return { low: low === null ? null : Math.floor(low * share), high: high === null ? null : Math.ceil(high * share) };
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

function either(a: Amount, b: Amount): Amount {
  const low = a.low === null || b.low === null ? null : Math.min(a.low, b.low);
  return { low, high: a.high === null || b.high === null ? null : Math.max(a.high, b.high) };
}

/** So many items of such a length. */
export function inAll({ low, high }: Amount, items: number | null): Amount {
  if (items === 0) return nothing;
  return { low: low === null || items === null ? null : low * items, high: high === null || items === null ? null : high * items };
}
