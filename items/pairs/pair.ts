import { reasonOf } from './reasons.ts';
import type { LengthRatio } from './reasons.ts';
import { commentsOf, sideOf } from './sides.ts';
import type { ItemPlace, PairSide, SideItem } from './sides.ts';
import type { SyntaxReader } from './syntax.ts';

export interface PromptItem extends ItemPlace {
  status: string;
  prompt?: string;
  language?: string;
  /** Tokens of the description. */
  tokens?: number | null;
}

interface PairSettings {
  /** Whether the side that passes the greater share of its tests is the chosen one. */
  by_tests: boolean;
  length_ratio: LengthRatio;
}

interface Joined extends ItemPlace {
  /** Rendered, as a preference model sees it. */
  prompt: string;
  chosen: string;
  rejected: string;
  prompt_tokens: number | null;
  chosen_tokens: number | null;
  rejected_tokens: number | null;
  /** Characters of comments in each code; null where its language has no grammar. */
  chosen_comments: number | null;
  rejected_comments: number | null;
  /** Whether a fence held each code; null for a source file. */
  chosen_fenced: boolean | null;
  rejected_fenced: boolean | null;
}

interface PairItems<P> {
  prompts: P[];
  chosen: SideItem[];
  rejected: SideItem[];
  /** Reads the code of the languages that `languagesToRead` says. */
  read: SyntaxReader;
}

/**
 * Joins prompts and both sides by origin and ordinal, never by text or position. Every prompt comes back, in the order
 * given: as a pair with the status `ok`, or with the reason why there is none; `swapped` says that the rejected answer was preferred
 * by its tests. Throws where a list names a place twice: which of the two is meant cannot be known.
 */
export function joinPairs<P extends PromptItem>(
  items: PairItems<P>,
  { length_ratio, by_tests: isByTests }: PairSettings,
): { prompt: P; status: string; swapped?: boolean; pair?: Joined }[] {
  const chosen = byPlace(items.chosen, 'chosen answers');
  const rejected = byPlace(items.rejected, 'rejected answers');
  return [...byPlace(items.prompts, 'prompts')].map(([place, prompt]) => {
    if (prompt.status !== 'ok' || !prompt.prompt) return { prompt, status: 'no-prompt' };
    const { language = '' } = prompt;
    const given = [chosen, rejected].map((side) => {
      const item = side.get(place);
      return item && sideOf(item, language, items.read);
    });
    const swapped = isByTests && passesFewer(given[0], given[1]);
    const [ours, theirs] = swapped ? given.toReversed() : given;
    const status = reasonOf({ chosen: ours, rejected: theirs }, language, { ratio: length_ratio, isByTests, read: items.read });
    const made = status === 'ok' && ours && theirs ? { pair: pairOf(prompt, ours, theirs) } : {};
    return { prompt, status, ...(swapped && { swapped }), ...made };
  });
}

/** Whether a side passes a smaller share of its tests than another; false where one of them did not run. */
function passesFewer(side: PairSide | undefined, other: PairSide | undefined): boolean {
  const [share, others] = [side?.testsPassed ?? null, other?.testsPassed ?? null];
  return share !== null && others !== null && share < others;
}

/** A prompt as the preference model sees it: the format `code-description`. */
export function renderPrompt(description: string): string {
  return `### Code description:\n${description}\n\n### Response:\n`;
}

function pairOf({ origin, ordinal, prompt = '', tokens = null }: PromptItem, chosen: PairSide, rejected: PairSide): Joined {
  return {
    origin,
    ordinal,
    prompt: renderPrompt(prompt),
    chosen: chosen.code,
    rejected: rejected.code,
    prompt_tokens: tokens,
    chosen_tokens: chosen.tokens,
    rejected_tokens: rejected.tokens,
    chosen_comments: commentsOf(chosen),
    rejected_comments: commentsOf(rejected),
    chosen_fenced: chosen.fenced,
    rejected_fenced: rejected.fenced,
  };
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
