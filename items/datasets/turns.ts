import { promptFormats } from './formats.ts';
import { isText } from './fields.ts';

/** One message of a conversation, under either of the two usual spellings: `role` and `content`, or `from` and `value`. */
interface Turn {
  by: 'system' | 'user' | 'assistant';
  text: string;
}

const speakers: { [name: string]: Turn['by'] } = {
  system: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
};

/** The prompt of an instruction: a text, or a conversation that ends with the user. Undefined for anything else. */
export function promptOfTurns(value: unknown): string | undefined {
  if (isText(value)) return promptFormats['instruction-response'](value);
  const turns = turnsOf(value);
  if (turns?.at(-1)?.by !== 'user') return undefined;
  const render = { system: ({ text }: Turn) => `${text}\n\n`, user: ({ text }: Turn) => promptFormats['instruction-response'](text) };
  return turns.map((turn) => (turn.by === 'assistant' ? `${turn.text}\n\n` : render[turn.by](turn))).join('');
}

/** An answer: a text, a message of the assistant, or a conversation that ends with one. Undefined for anything else. */
export function answerOfTurns(value: unknown): string | undefined {
  if (isText(value)) return value;
  const last = turnsOf(Array.isArray(value) ? value : [value])?.at(-1);
  return last?.by === 'assistant' ? last.text : undefined;
}

function turnsOf(value: unknown): Turn[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const turns = value.map(turnOf);
  return turns.every((turn) => turn !== undefined) ? turns : undefined;
}

function turnOf(value: unknown): Turn | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { role, content, from, value: said } = value as { [key: string]: unknown };
  const [name, text] = [role ?? from, content ?? said];
  const by = typeof name === 'string' && Object.hasOwn(speakers, name) ? speakers[name] : undefined;
  return by && isText(text) ? { by, text } : undefined;
}
