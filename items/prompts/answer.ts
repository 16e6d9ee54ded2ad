import { isRefusal } from './refusal.ts';
import { withoutThoughts } from './thoughts.ts';

/** What an endpoint counted of an answer; null where it counted nothing. */
interface CountedAnswer {
  text: string;
  usage: { completion_tokens: number; reasoning_tokens?: number } | null;
}

/** What became of an item: `ok`, or why it is not used. */
export type Status =
  | 'ok'
  | 'no-prompt'
  | 'unanswered'
  | 'rejected'
  | 'prompt-too-long'
  | 'truncated'
  | 'stopped-early'
  | 'empty'
  | 'refused'
  | 'holds-code'
  | 'repeats-code'
  | 'too-short'
  | 'too-long'
  | 'no-code'
  | 'no-opinion';

/** An answer as the ledger keeps it. */
export interface GivenAnswer {
  text: string;
  finish_reason: string;
}

/** An answer as it is used: without the thoughts of the model. */
interface JudgedAnswer {
  /** Whether it is whole: a finish reason that the model accepts, a text, and no refusal. */
  status: Status;
  text: string;
}

/** Every step that asks a model judges its answers by this, each by the finish reasons that its own model accepts. */
export function judgeAnswer({ text, finish_reason }: GivenAnswer, accept: string[]): JudgedAnswer {
  const said = withoutThoughts(text);
  return { status: statusOf(said?.trim() ?? null, finish_reason, accept), text: said ?? '' };
}

/**
 * Tokens of the part of an answer that is kept: its share of them by characters. An endpoint counts prose and fences as well, and thoughts,
 * which are in the text or counted apart.
 */
export function tokensOfPart(part: string, { text, usage }: CountedAnswer): number | null {
  if (!usage) return null;
  const { completion_tokens, reasoning_tokens = 0 } = usage;
  const counted = reasoning_tokens > 0 ? (withoutThoughts(text) ?? '') : text;
  return Math.round(((completion_tokens - reasoning_tokens) * part.length) / Math.max(1, counted.trim().length));
}

/** `said` is null where the answer ends inside the thoughts. */
function statusOf(said: string | null, finish_reason: string, accept: string[]): Status {
  if (finish_reason === 'unanswered' || finish_reason === 'rejected') return finish_reason;
  if (finish_reason === 'prompt_too_long') return 'prompt-too-long';
  if (!accept.includes(finish_reason)) return finish_reason === 'length' ? 'truncated' : 'stopped-early';
  if (said === null) return 'truncated';
  if (said === '') return finish_reason === 'length' ? 'truncated' : 'empty';
  return isRefusal(said) ? 'refused' : 'ok';
}
