import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { choice, closed } from './fields.ts';
import { resourcePattern, resourceTitle } from './names.ts';
import { asWritten } from './with.ts';
import type { SchemaObject } from './with.ts';

const identity = Type.Optional(
  Type.String({
    title: 'sha256: and 64 digits of lower-case hex',
    description: 'Digest of the weights. The same digest at another place makes the same results; without one the place counts.',
    pattern: '^sha256:[0-9a-f]{64}$',
    examples: [`sha256:${'0'.repeat(64)}`],
  }),
);

/** A place on this machine: relative paths start at the folder of the configuration. */
const path = Type.String({ description: 'Path, absolute or relative to this file.', minLength: 1, maxLength: 4096, examples: ['models/my-base'] });

export const endpointSchema = Type.Object(
  {
    url: Type.Optional(
      Type.String({
        title: 'URL that begins with http:// or https://',
        description: 'Base URL of an OpenAI-compatible server, usually ending in /v1.',
        pattern: '^https?://[^\\s/]+',
        examples: ['http://127.0.0.1:8000/v1'],
      }),
    ),
    serve: Type.Optional(
      Type.Object(
        {
          weights: Type.Optional(
            Type.String({
              title: 'name of weights',
              description: 'Name of a GGUF file under `weights`.',
              pattern: resourcePattern,
              examples: ['smollm2-135m-instruct-gguf'],
            }),
          ),
          threads: Type.Integer({ description: 'Threads that compute.', minimum: 1, maximum: 1024, default: 1, examples: [1] }),
          slots: Type.Integer({ description: 'Requests treated at once.', minimum: 1, maximum: 1024, default: 8, examples: [8] }),
          context: Type.Integer({ description: 'Tokens of prompt and answer in one slot.', minimum: 64, default: 1024, examples: [1024] }),
        },
        { ...closed, description: 'codepmp starts a server on this machine while a step needs it.', examples: [{ weights: 'my-gguf' }] },
      ),
    ),
    model: Type.Optional(
      Type.String({ description: 'Name of the model as the server knows it.', minLength: 1, maxLength: 300, examples: ['my-model'] }),
    ),
    key: Type.Optional(
      Type.Object(
        {
          env: Type.Optional(
            Type.String({ title: 'name of an environment variable', description: 'Environment variable that holds the key.', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', examples: ['MY_KEY'] }),
          ),
          file: Type.Optional(path),
        },
        { ...closed, description: 'Where the key is read when a call is made; the key itself never stands here.', examples: [{ env: 'MY_KEY' }] },
      ),
    ),
    identity,
    concurrency: Type.Integer({ description: 'Requests in flight at most.', minimum: 1, maximum: 100_000, default: 8, examples: [64] }),
  },
  { ...closed, description: 'A model that answers, at a URL or served by codepmp.', examples: [{ url: 'http://127.0.0.1:8000/v1', model: 'my-model' }] },
);

export const weightsSchema = Type.Object(
  {
    path: Type.Optional(path),
    built_in: Type.Optional(
      choice(['smollm2-135m-instruct', 'smollm2-135m-instruct-gguf'], {
        description: 'Weights that come with codepmp.',
        examples: ['smollm2-135m-instruct'],
      }),
    ),
    identity,
  },
  { ...closed, description: 'A folder for from_pretrained, or a GGUF file to serve.', examples: [{ path: 'models/my-base' }] },
);

export const sourceSchema = Type.Object(
  {
    path: Type.Optional(path),
    built_in: Type.Optional(
      choice(['python-stdlib'], { description: 'Sources that come with codepmp.', examples: ['python-stdlib'] }),
    ),
  },
  { ...closed, description: 'A folder of source code.', examples: [{ path: 'src' }] },
);

export const poolSchema = Type.Object(
  {
    launcher: choice(['agents'], { description: 'How processes are started: agents are workers on the machine itself.', default: 'agents', examples: ['agents'] }),
    processes: Type.Integer({ description: 'Processes of one training.', minimum: 1, maximum: 1024, default: 1, examples: [2] }),
  },
  { ...closed, description: 'Machines that run processes.', examples: [{ launcher: 'agents', processes: 2 }] },
);

/** The operator's configuration with what is built in merged into it, so that every part is there. */
export const configFileSchema = Type.Object(
  {
    codepmp_config: Type.Literal(1, { description: 'Version of the format.', examples: [1] }),
    store: Type.String({ description: 'Folder of results, relative to this file.', minLength: 1, maxLength: 4096, default: '.codepmp', examples: ['.codepmp'] }),
    temporal: Type.Optional(
      Type.Object(
        {
          address: Type.String({ title: 'host:port', description: 'Address of the Temporal server.', pattern: '^[^\\s:/]+:[0-9]{1,5}$', examples: ['127.0.0.1:7233'] }),
          namespace: Type.String({ description: 'Namespace.', minLength: 1, default: 'default', examples: ['default'] }),
        },
        { ...closed, description: 'A Temporal server that is there already; without it, and without TEMPORAL_ variables, one is started.', examples: [{ address: '127.0.0.1:7233' }] },
      ),
    ),
    endpoints: named(endpointSchema, 'Models that answer, by the name a pipeline uses.'),
    weights: named(weightsSchema, 'Model weights on this machine, by name.'),
    sources: named(sourceSchema, 'Folders of source code, by name.'),
    pools: named(poolSchema, 'Where processes run, by name.'),
  },
  {
    ...closed,
    title: "codepmp operator's configuration",
    description: 'Everything about this place: endpoints, weights, folders, machines. Pipelines name what is declared here.',
  },
);

export type ConfigFile = Static<typeof configFileSchema>;
export type EndpointFile = Static<typeof endpointSchema>;
export type WeightsFile = Static<typeof weightsSchema>;
export type SourceFile = Static<typeof sourceSchema>;
export type PoolFile = Static<typeof poolSchema>;

/** The published schema of the configuration (draft-07). */
export function configSchema(): SchemaObject {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...asWritten(configFileSchema) };
}

function named<T extends typeof endpointSchema | typeof weightsSchema | typeof sourceSchema | typeof poolSchema>(value: T, description: string) {
  return Type.Unsafe<{ [name: string]: Static<T> }>({
    type: 'object',
    description,
    propertyNames: { type: 'string', title: resourceTitle, pattern: resourcePattern },
    additionalProperties: value,
    default: {},
    examples: [{}],
  });
}
