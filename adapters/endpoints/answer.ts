import type { Answer } from '../../ports/endpoint.ts';
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
  const content = asRecord(message)['content'] ?? text;
  const { prompt_tokens, completion_tokens } = asRecord(usage);
  const reason = stopReasons.includes(finish_reason) ? 'stop' : reasonMeant(finish_reason);
  const said = typeof content === 'string' ? content : '';
  const isCounted = typeof prompt_tokens === 'number' && typeof completion_tokens === 'number';
  if (said === '' && reason === 'stop' && !completion_tokens) throw new BrokenAnswer('it is empty');
  return {
    text: said,
    finish_reason: reason,
    usage: isCounted ? { prompt_tokens, completion_tokens } : null,
    model: typeof model === 'string' ? model : asked,
  };
}

function reasonMeant(word: string): string {
  return Object.keys(meant).find((reason) => meant[reason]?.includes(word.toLowerCase())) ?? word;
}
