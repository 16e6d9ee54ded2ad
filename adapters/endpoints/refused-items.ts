import type { Refusal } from './no-answer.ts';

/**
 * Errors about a single prompt, after which the others can still be asked: the finish reason that is recorded, the statuses, and words of
 * which the message or the code contains one. The empty word is in every message.
 */
const refusedItems: { reason: string; statuses: number[]; words: string[] }[] = [
  { reason: 'prompt_too_long', statuses: [413], words: [''] },
  { reason: 'prompt_too_long', statuses: [429], words: ['request too large'] },
  {
    reason: 'prompt_too_long',
    statuses: [400, 422, 500],
    words: [
      'context_length_exceeded',
      'context_window_exceeded',
      'exceed_context_size',
      'maximum context length',
      'maximum context size',
      'maximum model length',
      'maximum prompt length',
      'maximum allowed input length',
      "model's context length",
      'greater than the context length',
      'available context size',
      'context size has been exceeded',
      'context window exceeds',
      'exceeds the context window',
      'context the overflows',
      'context limit',
      'prompt is too long',
      'prompt too long',
      'input is too long',
      'input length too long',
      'too many tokens',
      'input token count',
      'model token limit',
      'reduce the length of the',
      '`inputs` must have less than',
      '`inputs` tokens + `max_new_tokens` must be',
      'max_tokens must be at least 1, got -',
    ],
  },
  {
    reason: 'content_filter',
    statuses: [400, 403],
    words: [
      'content_filter',
      'content_policy_violation',
      'content management policy',
      'content filtering policy',
      'content violates usage guidelines',
      'content exists risk',
      'data_inspection_failed',
      'textriskdetection',
      'sensitivecontentdetected',
      'input was flagged',
      'prompt was flagged',
    ],
  },
];

/**
 * The finish reason for an item whose prompt alone is refused; null: the error is not about one prompt. `tooLong` are further words of
 * this endpoint.
 */
export function reasonOfItem({ status, code, message }: Refusal, tooLong: readonly string[]): string | null {
  const text = `${code} ${message}`.toLowerCase();
  if (tooLong.some((words) => text.includes(words.toLowerCase()))) return 'prompt_too_long';
  const row = refusedItems.find(({ statuses, words }) => statuses.includes(status) && words.some((each) => text.includes(each)));
  return row?.reason ?? null;
}
