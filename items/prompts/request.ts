import { hashOf, hashInOrder } from '../../plan/keys.ts';
import type { Digest, ModelInput, ModelUse } from '../../plan/index.ts';

/** Name of the way seeds are made; another way is another generation. */
const seedPolicy = 'hash-of-request';

/** One request: `request` names everything that is sent, and the item it is sent for. */
interface ItemRequest {
  request: Digest;
  origin: Digest;
  input: ModelInput;
  /** 31 bits, from the generation key and the request: the same request is always sent with the same seed. */
  seed: number;
}

/**
 * Key under which answers are kept: the model, the template, the sampling settings and the seed policy. The corpus is no
 * part of it, so every run and every data scale shares the answers they have in common.
 */
export function generationKey(model: ModelUse, template: string): Digest {
  const { identity, sampling, stop } = model;
  return hashOf({ identity, sampling, stop, template, seeds: seedPolicy });
}

/** The request for a sample of an item; equal texts at two places are two items. */
export function requestOf(options: { key: Digest; origin: Digest; ordinal: number; sample?: number; input: ModelInput }): ItemRequest {
  const { key, origin, ordinal, sample = 0, input } = options;
  const request = hashInOrder(
    'prompt' in input
      ? { ordinal, origin, prompt: input.prompt, sample }
      : { messages: input.messages.map(({ role, content }) => ({ content, role })), ordinal, origin, sample },
  );
  const seed = Number.parseInt(hashInOrder({ key, request }).slice(0, 8), 16) & 0x7fffffff;
  return { request, origin, input, seed };
}
