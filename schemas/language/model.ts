import { Type } from '@sinclair/typebox';
import type { JsonObject } from '../../plan/index.ts';
import { choice, closed } from '../fields.ts';
import { resourcePattern } from '../names.ts';

/** Fields of a request that codepmp sets itself, with the key of a model that decides each; null: no key does. */
export const ownFields: { readonly [field: string]: string | null } = {
  model: 'endpoint',
  messages: null,
  prompt: null,
  temperature: 'temperature',
  top_p: 'top_p',
  top_k: 'top_k',
  min_p: 'min_p',
  max_tokens: 'max_tokens',
  max_completion_tokens: 'max_tokens',
  stop: 'stop',
  seed: null,
  n: null,
  stream: null,
  stream_options: null,
};

/** A model as a pipeline uses it: where the calls go, and how answers are sampled and accepted. */
export const modelSchema = Type.Object(
  {
    endpoint: Type.String({
      title: 'name of an endpoint',
      description: 'Name under `endpoints` of the configuration.',
      pattern: resourcePattern,
      examples: ['local-strong'],
    }),
    temperature: Type.Number({ description: 'Sampling temperature.', minimum: 0, maximum: 10, default: 1, examples: [0.7] }),
    top_p: Type.Number({ description: 'Nucleus sampling; 1 is off.', exclusiveMinimum: 0, maximum: 1, default: 1, examples: [0.95] }),
    top_k: Type.Integer({ description: 'Samples from so many tokens; 0 is off.', minimum: 0, default: 0, examples: [40] }),
    min_p: Type.Number({
      description: 'Least probability relative to the best token; 0 is off.',
      minimum: 0,
      maximum: 1,
      default: 0,
      examples: [0.05],
    }),
    max_tokens: Type.Integer({ description: 'Longest answer in tokens.', minimum: 1, maximum: 1_048_576, examples: [256] }),
    accept: Type.Array(choice(['stop', 'length'], { description: 'A finish reason.', examples: ['stop'] }), {
      description: 'Finish reasons that make an answer whole; any other answer is rejected and counted.',
      minItems: 1,
      maxItems: 2,
      default: ['stop'],
      examples: [['stop', 'length']],
    }),
    stop: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      description: 'Texts that end an answer.',
      maxItems: 8,
      default: [],
      examples: [['\n\n']],
    }),
    extra_body: Type.Optional(
      Type.Unsafe<JsonObject>({
        type: 'object',
        description:
          'Further fields of each request, as the server knows them, for what has no key here. Answers depend on them, so they are part of the keys of results. Left out: none.',
        propertyNames: { not: { enum: Object.keys(ownFields) } },
        minProperties: 1,
        examples: [{ chat_template_kwargs: { enable_thinking: false } }],
      }),
    ),
  },
  {
    ...closed,
    description:
      'An endpoint of the configuration with the sampling of this experiment. Text between tags such as `<think>` is not part of an answer.',
  },
);
