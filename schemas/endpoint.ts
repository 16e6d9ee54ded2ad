import { Type, type Static } from '@sinclair/typebox';
import { closed } from './fields.ts';
import { resourcePattern } from './names.ts';

/** Digest of weights. */
export const identity = Type.Optional(
  Type.String({
    title: 'sha256: and 64 digits of lower-case hex',
    description: 'Digest of the weights. The same digest at another place makes the same results. Left out: the place counts.',
    pattern: '^sha256:[0-9a-f]{64}$',
    examples: [`sha256:${'0'.repeat(64)}`],
  }),
);

/** A place on this machine: relative paths start at the folder of the configuration. */
export const path = Type.String({
  description: 'Path, absolute or relative to this file. Left out: another key here names the place.',
  minLength: 1,
  maxLength: 4096,
  examples: ['models/my-base'],
});

/** Where a secret is read; never the secret itself. */
export function secretPlace({ description, example }: { description: string; example: string }) {
  return Type.Object(
    {
      env: Type.Optional(
        Type.String({
          title: 'name of an environment variable',
          description: 'Environment variable that holds the key. Left out: `file` names a file.',
          pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
          examples: [example],
        }),
      ),
      file: Type.Optional(path),
    },
    { ...closed, description, examples: [{ env: example }] },
  );
}

/** Settings of an endpoint that does not say otherwise. */
export const endpointDefaults = { concurrency: 8, timeout: 600, tries: 5, outage: 1800, unanswered: 0.1 };

/** An endpoint with what is built in merged into it. */
export const endpointSchema = Type.Object(
  {
    url: Type.Optional(
      Type.String({
        title: 'URL that begins with http:// or https://',
        description: 'Base URL of an OpenAI-compatible server, usually ending in /v1. Left out: `serve` names the model to start.',
        pattern: '^https?://[^\\s/]+',
        examples: ['http://127.0.0.1:8000/v1'],
      }),
    ),
    replicas: Type.Optional(
      Type.Array(Type.String({ title: 'URL that begins with http:// or https://', pattern: '^https?://[^\\s/]+' }), {
        description: 'Base URLs of further servers of the same model, which share the requests. Left out: `url` is the only one.',
        maxItems: 1000,
        examples: [['http://127.0.0.1:8001/v1']],
      }),
    ),
    serve: Type.Optional(
      Type.Object(
        {
          weights: Type.Optional(
            Type.String({
              title: 'name of weights',
              description:
                'Name of a GGUF file under `weights`, or of what `command` serves. Left out: those of the built-in endpoint of this name.',
              pattern: resourcePattern,
              examples: ['smollm2-135m-instruct-gguf'],
            }),
          ),
          threads: Type.Integer({ description: 'Threads that compute.', minimum: 1, maximum: 1024, default: 1, examples: [1] }),
          slots: Type.Integer({ description: 'Requests handled at once.', minimum: 1, maximum: 1024, default: 8, examples: [8] }),
          context: Type.Integer({ description: 'Tokens of prompt and answer in one slot.', minimum: 64, default: 1024, examples: [1024] }),
          pool: Type.Optional(
            Type.String({
              title: 'name of a pool',
              description: 'Pool that runs the servers, each on one node. Left out: this machine runs one, as a part of the worker.',
              pattern: resourcePattern,
              examples: ['gpus'],
            }),
          ),
          replicas: Type.Optional(
            Type.Integer({
              description: 'Servers on the pool, which share the requests. Left out: one.',
              minimum: 1,
              maximum: 1000,
              examples: [4],
            }),
          ),
          command: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), {
              description:
                'Program and arguments of a server on the pool that answers as OpenAI does, and at /health. {host} and {port} are where it has to listen; {weights}, {model}, {threads}, {slots} and {context} are as declared here. Left out: the built-in server of GGUF files.',
              minItems: 1,
              maxItems: 200,
              examples: [['vllm', 'serve', '{weights}', '--served-model-name', '{model}', '--host', '{host}', '--port', '{port}']],
            }),
          ),
        },
        {
          ...closed,
          description: 'codepmp starts a server while a step needs it. Left out: `url` names the server.',
          examples: [{ weights: 'my-gguf' }],
        },
      ),
    ),
    model: Type.Optional(
      Type.String({
        description: 'Name of the model as the server knows it. Left out: the one that `serve` starts.',
        minLength: 1,
        maxLength: 300,
        examples: ['my-model'],
      }),
    ),
    key: Type.Optional(
      secretPlace({
        description: 'Where the key is read; never the key itself. Left out: calls are made without a key.',
        example: 'MY_KEY',
      }),
    ),
    headers: Type.Optional(
      Type.Unsafe<{ [name: string]: string | Static<ReturnType<typeof secretPlace>> }>({
        type: 'object',
        description:
          'Further headers of each request: texts, or where a secret is read, as for `key`. They are no part of the keys of results. Left out: none.',
        propertyNames: { type: 'string', title: 'name of a header', pattern: '^[A-Za-z0-9_-]+$' },
        additionalProperties: {
          if: { type: 'object' },
          // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
          then: secretPlace({ description: 'Where the value is read.', example: 'MY_KEY' }),
          else: { type: 'string', title: 'text of plain characters', pattern: '^[ -~]+$', maxLength: 4096 },
        },
        examples: [{ 'HTTP-Referer': 'https://example.org', 'x-api-key': { env: 'MY_KEY' } }],
      }),
    ),
    identity,
    concurrency: Type.Integer({
      description:
        'Requests in flight at most, of all workers together. Endpoints with the same `url` and `key` have at most the largest of their numbers in flight.',
      minimum: 1,
      maximum: 100_000,
      default: endpointDefaults.concurrency,
      examples: [64],
    }),
    timeout: Type.Integer({
      description: 'Seconds that one request may take.',
      minimum: 1,
      maximum: 86_400,
      default: endpointDefaults.timeout,
      examples: [120],
    }),
    tries: Type.Integer({
      description: 'Requests made for an item whose requests fail while others are answered. After that it stays without an answer.',
      minimum: 1,
      maximum: 1000,
      default: endpointDefaults.tries,
      examples: [3],
    }),
    outage: Type.Integer({
      description: 'Seconds that trouble of the whole endpoint is waited out before the steps that need it fail.',
      minimum: 0,
      maximum: 604_800,
      default: endpointDefaults.outage,
      examples: [3600],
    }),
    unanswered: Type.Number({
      description: 'Share of the items of a step that may stay without an answer; with more, the step fails.',
      minimum: 0,
      maximum: 1,
      default: endpointDefaults.unanswered,
      examples: [0.01],
    }),
    stop_reasons: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        description: 'Further finish reasons of this server that mean that the model stopped by itself. Left out: only the usual ones do.',
        examples: [['finished']],
      }),
    ),
    too_long: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        description: 'Further words in an error of this server that mean that a prompt is too long. Left out: only the usual ones do.',
        examples: [['prompt exceeds the limit']],
      }),
    ),
    price: Type.Optional(
      Type.Object(
        {
          input: Type.Number({ description: 'Of a million tokens of prompts.', minimum: 0, examples: [0.2] }),
          output: Type.Number({ description: 'Of a million tokens of answers.', minimum: 0, examples: [0.6] }),
        },
        {
          ...closed,
          description: 'Prices of a million tokens, in the currency. Left out: it has none.',
          examples: [{ input: 0.2, output: 0.6 }],
        },
      ),
    ),
  },
  {
    ...closed,
    description: 'A model that answers, at a URL or served by codepmp.',
    examples: [{ url: 'http://127.0.0.1:8000/v1', model: 'my-model' }],
  },
);

export type EndpointFile = Static<typeof endpointSchema>;
