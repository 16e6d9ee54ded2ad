/** The place of an item: its origin and its number among equal texts. */
export interface Place {
  origin: string;
  ordinal: number;
}

export interface PromptItem extends Place {
  status: string;
  prompt?: string;
}

/** One side of a pair: an answer, or a source file. */
export interface SideItem extends Place {
  status?: string;
  /** Extracted code of an answer. */
  code?: string;
  /** Text of a source file. */
  text?: string;
  /** Tokens of the answer as the endpoint counted them. */
  tokens?: number | null;
}

export interface PairSettings {
  length_ratio: { min: number; max: number | null };
}

export type Joined = Place & { prompt: string; chosen: string; rejected: string } & {
  chosen_tokens: number | null;
  rejected_tokens: number | null;
};

/**
 * Joins prompts and both sides by origin and ordinal, never by text or position. Every prompt comes back: as a pair, or
 * with the reason why there is none.
 */
export function joinPairs<P extends PromptItem>(
  items: { prompts: P[]; chosen: SideItem[]; rejected: SideItem[] },
  settings: PairSettings,
): { prompt: P; status: string; pair?: Joined }[] {
  const chosen = byPlace(items.chosen);
  const rejected = byPlace(items.rejected);
  return items.prompts.map((prompt) => {
    const sides = [chosen.get(placeOf(prompt)), rejected.get(placeOf(prompt))] as const;
    const status = statusOf(prompt, ...sides, settings);
    if (status !== 'ok' || !sides[0] || !sides[1]) return { prompt, status };
    const pair: Joined = {
      origin: prompt.origin,
      ordinal: prompt.ordinal,
      prompt: renderPrompt(prompt.prompt ?? ''),
      chosen: codeOf(sides[0]),
      rejected: codeOf(sides[1]),
      chosen_tokens: sides[0].tokens ?? null,
      rejected_tokens: sides[1].tokens ?? null,
    };
    return { prompt, status, pair };
  });
}

/** A prompt as the preference model sees it: the format `code-description`. */
export function renderPrompt(description: string): string {
  return `### Code description:\n${description}\n\n### Response:\n`;
}

function statusOf(prompt: PromptItem, chosen: SideItem | undefined, rejected: SideItem | undefined, settings: PairSettings): string {
  if (prompt.status !== 'ok' || !prompt.prompt) return 'no-prompt';
  if (chosen && !isUsable(chosen)) return 'chosen-unusable';
  if (rejected && !isUsable(rejected)) return 'rejected-unusable';
  if (!chosen) return 'chosen-missing';
  if (!rejected) return 'rejected-missing';
  const [ours, theirs] = [codeOf(chosen), codeOf(rejected)];
  if (bare(ours) === bare(theirs)) return 'equal';
  const ratio = ours.length / theirs.length;
  const { min, max } = settings.length_ratio;
  return ratio < min || (max !== null && ratio > max) ? 'length-ratio' : 'ok';
}

function isUsable(side: SideItem): boolean {
  return (side.status ?? 'ok') === 'ok' && codeOf(side) !== '';
}

/** A source file is shown like an answer: without blank lines around it and spaces at line ends. */
function codeOf({ code, text, status }: SideItem): string {
  return code ?? (status === undefined ? (text ?? '').replaceAll(/[ \t]+$/gm, '').replace(/^\n+/, '').trimEnd() : '');
}

function bare(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

function placeOf({ origin, ordinal }: Place): string {
  return `${origin}/${ordinal}`;
}

function byPlace<T extends Place>(items: T[]): Map<string, T> {
  return new Map(items.map((item) => [placeOf(item), item]));
}
