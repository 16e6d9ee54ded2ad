import type { ModelInput } from '../../plan/index.ts';
import type { CompletionRequest } from '../../ports/endpoint.ts';
import type { Refusal } from './no-answer.ts';

/** How requests to an endpoint differ from the standard form; learned from what it refuses, and used for all later requests. */
export interface Dialect {
  /** The request in the form that the endpoint accepts. */
  bodyOf(request: CompletionRequest, model: string): RequestBody;
  /** What was learned from a refusal of a body, in words; null: nothing. */
  learn(refusal: Refusal, body: RequestBody): string | null;
}

type Messages = Extract<ModelInput, { messages: unknown }>['messages'];

interface RequestBody {
  [field: string]: unknown;
  messages?: Messages;
}

/**
 * Settings that change nothing at these values. They are sent anyway, because servers have their own defaults (llama.cpp samples from
 * 40 tokens by default), except to a server that refuses them.
 */
const off: { [field: string]: unknown } = { temperature: 1, top_p: 1, top_k: 0, min_p: 0 };

const noSystemRole = [
  'system role not supported',
  'system role is not supported',
  'does not support system',
  'developer instruction is not enabled',
  'conversation roles must alternate',
];

/** A dialect in which nothing is learned yet. */
export function createDialect(): Dialect {
  const leftOut = new Set<string>();
  let lengthField = 'max_tokens';
  let topKOff = 0;
  let hasSystemRole = true;

  const bodyOf: Dialect['bodyOf'] = ({ input, sampling, seed, stop }, model) => {
    const { max_tokens, top_k, extra_body, ...others } = sampling;
    const fields = Object.entries({ ...others, top_k: top_k === 0 ? topKOff : top_k, seed });
    return {
      model,
      ...('prompt' in input || hasSystemRole ? input : { messages: withoutSystem(input.messages) }),
      ...Object.fromEntries(fields.filter(([field, value]) => !leftOut.has(field) || !isSpare(field, value))),
      [lengthField]: max_tokens,
      stream: false,
      ...(stop.length > 0 && { stop }),
      ...extra_body,
    };
  };

  const learn: Dialect['learn'] = (refusal, body) => {
    const message = refusal.message.toLowerCase();
    if (body.messages?.some(({ role }) => role === 'system') && noSystemRole.some((words) => message.includes(words))) {
      hasSystemRole = false;
      return "has no system role: the system's text is sent before the user's";
    }
    if (refusal.status !== 400 && refusal.status !== 422) return null;
    if (Object.hasOwn(body, 'max_tokens') && message.includes('max_completion_tokens')) {
      lengthField = 'max_completion_tokens';
      return 'takes max_completion_tokens in place of max_tokens';
    }
    const field = refusedField(refusal, body);
    if (field === 'top_k' && topKOff === 0 && message.includes('-1')) {
      topKOff = -1;
      return 'takes -1 in place of 0 for a top_k that is off';
    }
    if (field !== null) leftOut.add(field);
    return field && (field === 'seed' ? 'does not take a seed: none is sent' : `does not take ${field}: it is not sent where it is off`);
  };

  return { bodyOf, learn };
}

/** The field that a refusal is about, if it can be left out: named by the refusal, or the first in its message. */
function refusedField({ field, message }: Refusal, body: RequestBody): string | null {
  const spare = Object.keys(body).filter((each) => isSpare(each, body[each]));
  if (field !== null && Object.hasOwn(body, field)) return spare.includes(field) ? field : null;
  const [named = null] = message.match(new RegExp(`\\b(?:${spare.join('|')})\\b`)) ?? [];
  return spare.length > 0 ? named : null;
}

/** Whether leaving out a field changes nothing, or only which of equally likely answers is given. */
function isSpare(field: string, value: unknown): boolean {
  return field === 'seed' || (field === 'top_k' && value === -1) || (Object.hasOwn(off, field) && off[field] === value);
}

/** The system's text before the user's. */
function withoutSystem(messages: Messages): Messages {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const [first, ...rest] = messages.filter(({ role }) => role !== 'system');
  return first ? [{ ...first, content: [...system, first.content].join('\n\n') }, ...rest] : messages;
}
