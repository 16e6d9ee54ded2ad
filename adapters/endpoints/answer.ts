import type { Answer, Usage } from '../../ports/endpoint.ts';
import type { Reply } from './connection.ts';
import { BrokenAnswer, WebPage } from './no-answer.ts';
import { asRecord, errorIn, pageTitle, printable, readRefusal } from './refusal.ts';

/** What servers call the finish reasons `stop` and `length`, in lower case. */
const meant: { [reason: string]: readonly string[] } = {
  stop: ['stop', 'eos', 'eos_token', 'end_turn', 'stop_sequence', 'complete', 'completed'],
  length: ['length', 'max_tokens', 'max_length', 'max_output_tokens', 'model_length'],
};

/** Finish reasons of an answer that the server abandoned. */
const givenUp = ['abort', 'error'];

/** Characters shown of a body that is not an answer. */
const shown = 200;

interface ReadOptions {
  /** Name of the model that was asked for. */
  model: string;
  /** Further words of this server for `stop`. */
  stopReasons: readonly string[];
  /** Not shown if the server repeats them. */
  secrets: readonly string[];
}

/** Reads a reply; it is an answer only if it has a finish reason. Throws a `Refusal`, a `WebPage` or a `BrokenAnswer`. */
export function readAnswer(reply: Reply, { model: asked, stopReasons, secrets }: ReadOptions): Answer {
  const page = pageTitle(reply.text);
  if (reply.status === 200 && page !== null) throw new WebPage(page);
  if (reply.status !== 200) throw readRefusal(reply, secrets);
  const body: unknown = JSON.parse(reply.text);
  if (errorIn(body)) throw readRefusal(reply, secrets);
  const { choices, model, usage } = asRecord(body);
  const { message, text, finish_reason } = asRecord(Array.isArray(choices) ? choices[0] : undefined);
  if (typeof finish_reason !== 'string' || finish_reason === '')
    throw new BrokenAnswer(`it has no finish_reason: ${printable(reply.text.slice(0, shown))}`);
  if (givenUp.includes(finish_reason)) throw new BrokenAnswer(`its finish_reason is ${finish_reason}`);
  const { content = text, reasoning_content, reasoning } = asRecord(message);
  const reason = stopReasons.includes(finish_reason) ? 'stop' : reasonMeant(finish_reason);
  const said = textOf(content);
  if (said === null) throw new BrokenAnswer(`its content is no text: ${printable(JSON.stringify(content).slice(0, shown))}`);
  if (said === '' && reason === 'stop' && !asRecord(usage)['completion_tokens']) throw new BrokenAnswer('it is empty');
  return {
    text: said,
    finish_reason: reason,
    usage: readUsage(usage, { said, thoughts: reasoning_content ?? reasoning ?? thoughtsIn(content) }),
    model: typeof model === 'string' ? model : asked,
  };
}

/** The text of an answer, which some servers send in parts, without what the model thought before it; null: its form is not known. */
function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (content === null || content === undefined) return '';
  const parts = (Array.isArray(content) ? content : [content]).map(textOfPart);
  return parts.length > 0 && parts.every((part) => part === null) ? null : parts.join('');
}

/** What one part adds to the text; null: its type is not known. */
function textOfPart(part: unknown): string | null {
  if (typeof part === 'string') return part;
  const { type, text } = asRecord(part);
  if (type === 'text' && typeof text === 'string') return text;
  return type === 'thinking' ? '' : null;
}

/** What the model thought, where an answer comes in parts. */
function thoughtsIn(content: unknown): string {
  const parts = Array.isArray(content) ? content.map(asRecord) : [];
  return parts.map(({ type, thinking }) => (type === 'thinking' ? textOf(thinking) : '')).join('');
}

/**
 * Tokens as the server counts them; null where it does not. Thoughts apart from the text that are not counted have the share of the
 * tokens that they have of the characters.
 */
function readUsage(usage: unknown, { said, thoughts }: { said: string; thoughts: unknown }): Usage | null {
  const { prompt_tokens, completion_tokens, total_tokens, completion_tokens_details } = asRecord(usage);
  if (typeof prompt_tokens !== 'number' || typeof completion_tokens !== 'number') return null;
  const { reasoning_tokens } = asRecord(completion_tokens_details);
  const thought = typeof thoughts === 'string' ? thoughts.length : 0;
  const share = Math.round((completion_tokens * thought) / Math.max(1, thought + said.length));
  const counted = typeof reasoning_tokens === 'number' ? reasoning_tokens : share;
  // Some servers count them beside the answer's tokens: only their total has them.
  const isBeside = typeof total_tokens === 'number' && total_tokens >= prompt_tokens + completion_tokens + counted;
  const inside = isBeside ? 0 : Math.min(counted, completion_tokens);
  return { prompt_tokens, completion_tokens, ...(inside > 0 && { reasoning_tokens: inside }) };
}

function reasonMeant(word: string): string {
  return Object.keys(meant).find((reason) => meant[reason]?.includes(word.toLowerCase())) ?? word;
}
