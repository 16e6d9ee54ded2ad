import { Type, type Static } from '@sinclair/typebox';
import { endpointSchema, identity, path, secretPlace } from './endpoint.ts';
import { choice, closed } from './fields.ts';
import { resourcePattern, resourceTitle } from './names.ts';
import { asWritten, type SchemaObject } from './language/with.ts';

const weightsSchema = Type.Object(
  {
    path: Type.Optional(path),
    built_in: Type.Optional(
      choice(['smollm2-135m-instruct', 'smollm2-135m-instruct-gguf'], {
        description: 'Weights that come with codepmp. Left out: `path` names the folder.',
        examples: ['smollm2-135m-instruct'],
      }),
    ),
    identity,
    parameters: Type.Optional(
      Type.Number({
        description: 'Parameters of the model, from which GPU-hours are estimated. Left out: a first estimate is not possible.',
        minimum: 1,
        examples: [1.5e9],
      }),
    ),
  },
  { ...closed, description: 'A folder for from_pretrained, or a GGUF file to serve.', examples: [{ path: 'models/my-base' }] },
);

const sourceSchema = Type.Object(
  {
    path: Type.Optional(path),
    built_in: Type.Optional(
      choice(['python-stdlib'], {
        description: 'Sources that come with codepmp. Left out: `path` names the folder.',
        examples: ['python-stdlib'],
      }),
    ),
    items: Type.Optional(
      Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
        description:
          'Items of each part, where the folder has fewer than the published data set, as MATH-500 has of MATH. Left out: plans count the published ones.',
        examples: [{ test: 500 }],
      }),
    ),
  },
  { ...closed, description: 'A folder of files: source code, dumps, a data set.', examples: [{ path: 'src' }] },
);

/** What a pool is where it does not say otherwise. */
export const poolDefaults = { launcher: 'agents', processes: 1, stall_after: 60, compile: false } as const;

const poolSchema = Type.Object(
  {
    launcher: choice(['agents', 'ssh', 'slurm'], {
      description:
        'How processes are started: agents are the workers, each on its own machine, ssh logs in to `hosts`, slurm submits a job. The nodes of a pool share the store and the installation with this machine, at the same paths.',
      default: poolDefaults.launcher,
      examples: ['agents'],
    }),
    processes: Type.Integer({
      description: 'Processes of one training, on each node.',
      minimum: 1,
      maximum: 1024,
      default: poolDefaults.processes,
      examples: [2],
    }),
    stall_after: Type.Number({
      description:
        'Seconds after which a training or scoring that makes no step counts as stalled: its processes write their stacks and are killed, and a new attempt continues from the last checkpoint. Where three times the median step is longer, that counts; the first steps, those that write a checkpoint, and each file of the result have half an hour.',
      minimum: 1,
      maximum: 86_400,
      default: poolDefaults.stall_after,
      examples: [300],
    }),
    compile: Type.Boolean({
      description:
        'Compiles the layers of a model that is trained (torch.compile), which takes minutes before the first step and is meant for long trainings on GPUs. Losses differ in their last digits.',
      default: poolDefaults.compile,
      examples: [true],
    }),
    hosts: Type.Optional(
      Type.Array(
        Type.String({
          title: 'name of a host',
          description: 'A host, optionally with a user.',
          pattern: '^[A-Za-z0-9_][A-Za-z0-9_.@-]*$',
          maxLength: 253,
          examples: ['node1'],
        }),
        {
          description: 'Hosts as ssh knows them, for the launcher ssh. A step runs on all of them. Left out: the launcher is another.',
          minItems: 1,
          maxItems: 1024,
          uniqueItems: true,
          examples: [['node1', 'node2']],
        },
      ),
    ),
    ssh_config: Type.Optional(
      Type.String({
        description: 'Configuration file of ssh, relative to this file. Left out: that of the user.',
        minLength: 1,
        maxLength: 4096,
        examples: ['ssh-config'],
      }),
    ),
    nodes: Type.Optional(
      Type.Integer({
        description:
          'Nodes of one training, for the launchers agents and slurm. With agents, every machine on which a worker runs is a node. Left out: slurm takes one, agents the machine of the worker that has the step.',
        minimum: 1,
        maximum: 1024,
        examples: [2],
      }),
    ),
    sbatch: Type.Optional(
      Type.Array(
        Type.String({
          title: '--option or --option=value',
          description: 'An option.',
          pattern: '^--[a-z][a-z-]*(=.+)?$',
          maxLength: 1000,
          examples: ['--partition=gpu'],
        }),
        {
          description: 'Further options of sbatch, for the launcher slurm. Left out: none.',
          maxItems: 100,
          examples: [['--partition=gpu', '--gpus-per-node=8', '--time=12:00:00']],
        },
      ),
    ),
    gpus: Type.Optional(
      Type.Integer({
        description: 'GPUs that a running step holds. Left out: the pool has none.',
        minimum: 1,
        maximum: 100_000,
        examples: [8],
      }),
    ),
    peak_tflops: Type.Optional(
      Type.Number({
        description:
          'TFLOPs of one GPU at its best, in the precision of the training. Left out: GPU-hours are estimated once a training has been measured.',
        exclusiveMinimum: 0,
        examples: [989],
      }),
    ),
    utilisation: Type.Optional(
      Type.Number({
        description: 'Share of peak_tflops that a training reaches. Left out: 0.4.',
        exclusiveMinimum: 0,
        maximum: 1,
        examples: [0.4],
      }),
    ),
    price: Type.Optional(
      Type.Number({ description: 'Price of a GPU-hour, in the currency. Left out: it has none.', minimum: 0, examples: [2.5] }),
    ),
  },
  { ...closed, description: 'Machines that run processes.', examples: [{ launcher: 'agents', processes: 2 }] },
);

const githubSchema = Type.Object(
  {
    url: Type.String({
      title: 'URL that begins with http:// or https://',
      description: 'Base URL of the REST interface.',
      pattern: '^https?://[^\\s/?#@]+[^\\s?#@]*$',
      default: 'https://api.github.com',
      examples: ['https://api.github.com'],
    }),
    token: Type.Optional(
      secretPlace({
        description: 'Where a personal token is read: 5,000 requests an hour. Left out: requests are anonymous, 60 an hour.',
        example: 'GITHUB_TOKEN',
      }),
    ),
    app: Type.Optional(
      Type.Object(
        {
          id: Type.Integer({ description: 'Number of the app.', minimum: 1, examples: [123_456] }),
          installation: Type.Integer({ description: 'Number of its installation.', minimum: 1, examples: [789_012] }),
          key: secretPlace({ description: 'Where the private key of the app is read, in PEM.', example: 'GITHUB_APP_KEY' }),
        },
        {
          ...closed,
          description: 'A GitHub app that asks in place of a person. Left out: `token` does.',
          examples: [{ id: 123_456, installation: 789_012, key: { file: 'app.pem' } }],
        },
      ),
    ),
  },
  {
    ...closed,
    description: 'How source/github asks GitHub.',
    default: { url: 'https://api.github.com' },
    examples: [{ token: { env: 'GITHUB_TOKEN' } }],
  },
);

const bucketSchema = Type.Object(
  {
    url: Type.String({
      title: 's3://bucket or s3://bucket/folder',
      description: 'The bucket, optionally with folders behind it.',
      pattern: '^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_.-]+)*$',
      maxLength: 500,
      examples: ['s3://my-bucket/codepmp'],
    }),
    endpoint_url: Type.Optional(
      Type.String({
        title: 'URL that begins with http:// or https://',
        description: "Base URL of a server that is not Amazon's. Left out: Amazon's.",
        pattern: '^https?://[^\\s/?#@]+[^\\s?#@]*$',
        examples: ['https://minio.example.org:9000'],
      }),
    ),
    region: Type.Optional(
      Type.String({
        title: 'name of a region',
        description: 'Region of the bucket. Left out: the one of the environment or the AWS profile.',
        pattern: '^[a-z0-9-]{1,60}$',
        examples: ['eu-central-1'],
      }),
    ),
  },
  {
    ...closed,
    description: 'Bucket that keeps the store; the folder `store` then holds copies. Left out: the folder keeps it.',
    examples: [{ url: 's3://my-bucket/codepmp' }],
  },
);

/** The operator's configuration merged with the built-in one, so that every part exists. */
export const configFileSchema = Type.Object(
  {
    codepmp_config: Type.Literal(1, { description: 'Version of the format.', examples: [1] }),
    store: Type.String({
      description: 'Folder of results, relative to this file; with a bucket, of the copies of this machine.',
      minLength: 1,
      maxLength: 4096,
      default: '.codepmp',
      examples: ['.codepmp'],
    }),
    bucket: Type.Optional(bucketSchema),
    temporal: Type.Optional(
      Type.Object(
        {
          address: Type.String({
            title: 'host:port',
            description: 'Address of the Temporal server.',
            pattern: '^[^\\s:/]+:[0-9]{1,5}$',
            examples: ['127.0.0.1:7233'],
          }),
          namespace: Type.String({ description: 'Namespace.', minLength: 1, default: 'default', examples: ['default'] }),
        },
        {
          ...closed,
          description: 'A Temporal server that already runs. Left out: the TEMPORAL_ variables name one, or codepmp starts its own.',
          examples: [{ address: '127.0.0.1:7233' }],
        },
      ),
    ),
    currency: Type.Optional(
      Type.String({
        title: 'word',
        description: 'Currency of the prices; a plain word. Left out: prices are printed without one.',
        pattern: '^[^\\s]{1,20}$',
        examples: ['EUR'],
      }),
    ),
    endpoints: entriesNamed(endpointSchema, 'Models that answer, by the name a pipeline uses.', {
      mine: { url: 'http://127.0.0.1:8000/v1', model: 'my-model' },
    }),
    weights: entriesNamed(weightsSchema, 'Model weights on this machine, by name.', { mine: { path: 'models/my-base' } }),
    sources: entriesNamed(sourceSchema, 'Folders or files that steps read, by name: source code, dumps, data sets.', { mine: { path: 'src' } }),
    github: githubSchema,
    pools: entriesNamed(poolSchema, 'Where processes run, by name.', { local: { launcher: 'agents', processes: 2 } }),
  },
  {
    ...closed,
    title: "codepmp operator's configuration",
    description: 'Everything about this place: endpoints, weights, folders, machines. Pipelines name what is declared here.',
  },
);

export type ConfigFile = Static<typeof configFileSchema>;

/** The published schema of the configuration (draft-07). */
export function configSchema(): SchemaObject {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...asWritten(configFileSchema) };
}

function entriesNamed<T extends typeof endpointSchema | typeof weightsSchema | typeof sourceSchema | typeof poolSchema>(
  value: T,
  description: string,
  example: object,
) {
  return Type.Unsafe<{ [name: string]: Static<T> }>({
    type: 'object',
    description: `${description} Left out: the built-in ones.`,
    propertyNames: { type: 'string', title: resourceTitle, pattern: resourcePattern },
    additionalProperties: value,
    default: {},
    examples: [example],
  });
}
