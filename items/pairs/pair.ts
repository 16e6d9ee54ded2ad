import { tidyCode } from '../prompts/extract.ts';
import { similarity } from './similarity.ts';

/** The place of an item: its origin and its number among equal texts. */
interface ItemPlace {
  origin: string;
  ordinal: number;
}

export interface PromptItem extends ItemPlace {
  status: string;
  prompt?: string;
}

/** One side of a pair: an answer, or a source file. */
export interface SideItem extends ItemPlace {
  /** Of an answer; a source file has none. */
  status?: string;
  /** Extracted code of an answer. */
  code?: string;
  /** Text of a source file, or the whole answer. */
  text?: string;
  /** Tokens of the answer as the endpoint counted them. */
  tokens?: number | null;
}

interface PairSettings {
  /** Bounds of length of chosen ÷ length of rejected, in characters. */
  length_ratio: { min: number; max: number | null };
}

/** Why an item makes no pair. The first that holds counts, in this order. */
type PairStatus =
  | 'ok'
  | 'no-prompt'
  | 'chosen-unusable'
  | 'rejected-unusable'
  | 'chosen-missing'
  | 'rejected-missing'
  | 'equal'
  | 'near-equal'
  | 'length-ratio';

interface Joined extends ItemPlace {
  /** Rendered, as a preference model sees it. */
  prompt: string;
  chosen: string;
  rejected: string;
  chosen_tokens: number | null;
  rejected_tokens: number | null;
}

/**
 * Joins prompts and both sides by origin and ordinal, never by text or position. Every prompt comes back, in the order
 * given: as a pair, or with the reason why there is none. Throws where a list names a place twice: which of the two is
 * meant cannot be known.
 */
export function joinPairs<P extends PromptItem>(
  items: { prompts: P[]; chosen: SideItem[]; rejected: SideItem[] },
  settings: PairSettings,
): { prompt: P; status: PairStatus; pair?: Joined }[] {
  const chosen = byPlace(items.chosen, 'chosen answers');
  const rejected = byPlace(items.rejected, 'rejected answers');
  return [...byPlace(items.prompts, 'prompts')].map(([place, prompt]) => {
    const sides = { chosen: chosen.get(place), rejected: rejected.get(place) };
    const status = statusOf(prompt, sides, settings);
    return status === 'ok' ? { prompt, status, pair: pairOf(prompt, sides) } : { prompt, status };
  });
}

/** A prompt as the preference model sees it: the format `code-description`. */
export function renderPrompt(description: string): string {
  return `### Code description:\n${description}\n\n### Response:\n`;
}

interface PairedItems {
  chosen: SideItem | undefined;
  rejected: SideItem | undefined;
}

/** Answers that share more of their word sequences than this say the same. */
const nearEqual = 0.95;

function statusOf(prompt: PromptItem, { chosen, rejected }: PairedItems, { length_ratio: { min, max } }: PairSettings): PairStatus {
  if (prompt.status !== 'ok' || !prompt.prompt) return 'no-prompt';
  if (chosen && !isUsable(chosen)) return 'chosen-unusable';
  if (rejected && !isUsable(rejected)) return 'rejected-unusable';
  if (!chosen) return 'chosen-missing';
  if (!rejected) return 'rejected-missing';
  const [ours, theirs] = [codeOf(chosen), codeOf(rejected)];
  if (withoutSpace(ours) === withoutSpace(theirs)) return 'equal';
  if (similarity(ours, theirs) > nearEqual) return 'near-equal';
  const ratio = ours.length / theirs.length;
  return ratio < min || (max !== null && ratio > max) ? 'length-ratio' : 'ok';
}

function pairOf({ origin, ordinal, prompt = '' }: PromptItem, { chosen, rejected }: PairedItems): Joined {
  return {
    origin,
    ordinal,
    prompt: renderPrompt(prompt),
    chosen: codeOf(chosen),
    rejected: codeOf(rejected),
    chosen_tokens: chosen?.tokens ?? null,
    rejected_tokens: rejected?.tokens ?? null,
  };
}

function isUsable(side: SideItem): boolean {
  return (side.status ?? 'ok') === 'ok' && codeOf(side) !== '';
}

/** A source file is shown like an answer. The text of an answer is never taken for its code. */
function codeOf(side: SideItem | undefined): string {
  return side?.code ?? (side?.status === undefined ? tidyCode(side?.text ?? '') : '');
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

function byPlace<T extends ItemPlace>(items: readonly T[], what: string): Map<string, T> {
  const places = new Map<string, T>();
  for (const item of items) {
    const place = `${item.origin}/${item.ordinal}`;
    if (places.has(place)) throw new Error(`two ${what} have the origin ${item.origin} and the ordinal ${item.ordinal}`);
    places.set(place, item);
  }
  return places;
}
