import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { planVersion, type ArtifactType, type Foreseen, type JsonObject, type Scalar, type Shape } from '../plan/index.ts';
import { choice, closed } from './fields.ts';
import { kindNames } from './kinds/index.ts';
import { namePattern } from './names.ts';
import { planViewSchema } from './plan-views.ts';
import type { SchemaObject } from './language/with.ts';

const digest = (description: string) => Type.String({ description, pattern: '^[0-9a-f]{64}$', examples: ['0'.repeat(64)] });
const text = (description: string, example: string) => Type.String({ description, examples: [example] });
const count = (description: string, example: number) => Type.Integer({ description, minimum: 0, examples: [example] });
const mapOf = <T extends TSchema>(value: T, description: string, example: Static<T> & unknown) =>
  Type.Unsafe<{ [name: string]: Static<T> }>({ type: 'object', additionalProperties: value, description, examples: [{ name: example }] });
const listOf = <T extends TSchema>(item: T, description: string, example: unknown) =>
  Type.Array(item, { description, examples: [[example]] });

const scalar = Type.Unsafe<Scalar>({ type: ['string', 'number', 'boolean'] });
const shapes = ['step', 'map', 'process'] as const satisfies readonly Shape[];
const artifactWord = Type.Unsafe<ArtifactType>({ type: 'string' });

const place = Type.Object(
  {
    file: Type.Optional(text('File. Left out: the one that was submitted.', 'base.yaml')),
    line: count('Line, from 1.', 12),
    column: count('Column, from 1.', 3),
  },
  { ...closed, description: 'Place in the file.', examples: [{ line: 12, column: 3 }] },
);

const reference = Type.Object(
  { node: text('Id of the node that makes it.', 'pairs'), output: text('Name of its output; out where it has one.', 'out') },
  { ...closed, description: 'An artifact: an output of a node.', examples: [{ node: 'pairs', output: 'out' }] },
);

const sampling = Type.Object(
  {
    temperature: Type.Number({ description: 'Sampling temperature.', examples: [0.7] }),
    top_p: Type.Number({ description: 'Nucleus sampling.', examples: [1] }),
    top_k: Type.Number({ description: 'Tokens that are sampled from; 0 is off.', examples: [0] }),
    min_p: Type.Number({ description: 'Least relative probability; 0 is off.', examples: [0] }),
    max_tokens: Type.Number({ description: 'Longest answer in tokens.', examples: [256] }),
    extra_body: Type.Optional(
      Type.Unsafe<JsonObject>({ type: 'object', description: 'Further fields of the request.', examples: [{ reasoning_effort: 'low' }] }),
    ),
  },
  { ...closed, description: 'How answers are sampled.', examples: [{}] },
);

const model = Type.Object(
  {
    name: text('Name in the pipeline.', 'strong'),
    endpoint: text('Name of the endpoint in the configuration.', 'local-strong'),
    identity: text('Declared digest of the weights, or base URL and model.', 'http://127.0.0.1:8000/v1#my-model'),
    sampling,
    accept: listOf(Type.String(), 'Finish reasons that make an answer whole.', 'stop'),
    stop: listOf(Type.String(), 'Texts that end an answer.', '\n\n'),
  },
  { ...closed, description: 'A model as the node calls it.', examples: [{}] },
);

const resource = Type.Object(
  {
    name: text('Name in the configuration.', 'python-stdlib'),
    identity: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Declared digest of the content; null: it is looked at when the node is reached.',
      examples: [null],
    }),
  },
  { ...closed, description: 'A folder or weights that the node reads.', examples: [{ name: 'python-stdlib', identity: null }] },
);

const run = Type.Object(
  {
    pool: text('Pool of the configuration.', 'local'),
    chunk: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'Items treated together; null: chosen from their number.',
      examples: [null],
    }),
    budget: mapOf(Type.Number(), 'Tries after a failure, by class.', 3),
  },
  { ...closed, description: 'Where and how it runs; no part of the key.', examples: [{ pool: 'local', chunk: null, budget: {} }] },
);

const node = Type.Object(
  {
    id: Type.String({
      description: 'Id: that of the step, and digits of the key where the step has several nodes.',
      pattern: namePattern.replace('$', '(@[0-9a-f]{8,64})?$'),
      examples: ['rm@1a2b3c4d'],
    }),
    step: Type.String({ description: 'Id of the step.', pattern: namePattern, examples: ['rm'] }),
    label: mapOf(scalar, 'Params that tell it from the other nodes of its step.', 'pmp'),
    kind: choice<string>(kindNames, { description: 'Kind of the step.', examples: ['train/rm'] }),
    version: count('Version of the kind.', 1),
    shape: choice(shapes, { description: 'How it runs.', examples: ['process'] }),
    key: digest('Plan key: hash of kind, version, settings, models, folders and the keys of its inputs.'),
    settings: Type.Unsafe<JsonObject>({ type: 'object', description: 'Settings with every default filled in.', examples: [{ seed: 1 }] }),
    inputs: mapOf(Type.Array(reference), 'Input → artifacts.', [{ node: 'pairs', output: 'out' }]),
    outputs: mapOf(artifactWord, 'Output → what it holds.', 'checkpoint'),
    models: mapOf(model, 'Role → model.', {} as never),
    resources: mapOf(resource, 'Key of `with` → folder or weights.', { name: 'python-stdlib', identity: null }),
    run,
    views: Type.Optional(listOf(planViewSchema, 'Tables and figures that a report shows. Left out: none.', {})),
    at: place,
  },
  { ...closed, description: 'One unit of work.' },
);

const cell = Type.Object(
  {
    id: text('Hash of the values.', '0123456789ab'),
    sweeps: listOf(Type.String(), 'Sweeps it belongs to.', 'ablations'),
    values: mapOf(scalar, 'A value for every param.', 1),
    nodes: mapOf(Type.String(), 'Step → node that does its work in this cell.', 'rm@1a2b3c4d'),
  },
  { ...closed, description: 'One point of the sweeps.' },
);

const measured = {
  cells: listOf(listOf(Type.String(), 'Metrics of cells that differ in the seed alone.', 'accuracy'), 'Metrics it reads.', ['accuracy']),
  n: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    description: 'Which N of Best-of-N; null where there is none.',
    examples: [256],
  }),
};

const side = Type.Object(
  {
    text: text('It in words.', 'accuracy (init=pmp)'),
    ...measured,
    minus: Type.Optional(
      Type.Object(measured, {
        ...closed,
        description: 'What is taken off. Left out: nothing.',
        examples: [{ cells: [['accuracy']], n: null }],
      }),
    ),
  },
  { ...closed, description: 'One side of a comparison.', examples: [{ text: 'accuracy (init=pmp)', cells: [['accuracy']], n: null }] },
);

const comparison = Type.Object(
  {
    where: mapOf(scalar, 'Values of params that it is about.', 'qwen2-7b'),
    of: side,
    to: Type.Unsafe<Static<typeof side> | number>({
      anyOf: [side, { type: 'number' }],
      description: 'What it is compared with.',
      examples: [0.5],
    }),
  },
  { ...closed, description: 'One comparison of a claim.' },
);

const claim = Type.Object(
  {
    id: text('Name of the claim.', 'pmp-helps'),
    metric: text('Value of the metrics.', 'accuracy'),
    text: text('The claim in words.', 'accuracy of accuracy (init=pmp) above 0.5'),
    relation: choice(['above', 'below', 'near'], { description: 'How the side compares.', examples: ['above'] }),
    margin: Type.Number({ description: 'Least difference that counts; with near the largest that still counts as none.', examples: [0] }),
    confidence: Type.Number({ description: 'Confidence of the claim as a whole.', examples: [0.95] }),
    over: choice(['training', 'items'], { description: 'What it is about: the method, or the models measured.', examples: ['items'] }),
    comparisons: listOf(comparison, 'What it compares; all of them have to hold.', {}),
    at: place,
  },
  { ...closed, description: 'A sentence over metrics.' },
);

const cap = (description: string) =>
  Type.Unsafe<number | null>({ type: ['number', 'null'], description: `${description} null: no limit.`, examples: [null] });

const bound = (description: string) =>
  Type.Unsafe<number | null>({ type: ['number', 'null'], description: `${description}; null: not known.`, examples: [120] });

const known = Type.Object(
  {
    low: bound('Their lower bound'),
    high: Type.Number({ description: 'Their upper bound.', examples: [120] }),
    unknown: count('Parts that are not bounded.', 2),
  },
  {
    ...closed,
    description: 'The parts that are bounded, where others are not. Left out: all are, or none is.',
    examples: [{ low: null, high: 120, unknown: 2 }],
  },
);

const foreseen = Type.Object(
  {
    low: bound('Lower bound'),
    high: bound('Upper bound'),
    basis: text('What it was reckoned from.', 'prices of the configuration'),
    known: Type.Optional(known),
  },
  { ...closed, description: 'An amount between two bounds.', examples: [{ low: null, high: 120, basis: 'prices of the configuration' }] },
);

const estimate = Type.Object(
  {
    calls: mapOf(Type.Unsafe<number | null>({ type: ['integer', 'null'] }), 'Endpoint → calls at most; null: not known yet.', 96),
    tokens: mapOf(
      Type.Object({ prompt: foreseen, completion: foreseen }, closed),
      'Endpoint → tokens of prompts and answers.',
      {} as never,
    ),
    gpu_hours: mapOf(foreseen, 'Pool with GPUs → GPU-hours.', {} as never),
    money: Type.Unsafe<Foreseen | null>({
      anyOf: [foreseen, { type: 'null' }],
      description: 'In the currency of the configuration; null: nothing has a price.',
      examples: [null],
    }),
    history: mapOf(
      Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
      'Workflow → events of its longest history; null: not known yet.',
      11,
    ),
  },
  { ...closed, description: 'What a run would do without any reuse.', examples: [{}] },
);

/** A plan as the compiler makes it, as a file holds it and as a submission may bring it. */
export const planSchema = Type.Object(
  {
    version: Type.Literal(planVersion, { description: 'Version of the format.' }),
    name: text('Name of the pipeline.', 'quickstart'),
    cells: listOf(cell, 'Points of the sweeps.', {}),
    nodes: listOf(node, 'Units of work; each comes after what it reads.', {}),
    groups: listOf(
      Type.Object(
        { members: listOf(Type.String(), 'Ids of the nodes, in order.', 'prompts'), source: reference },
        { ...closed, description: 'Nodes over the same items that are streamed together.' },
      ),
      'Nodes that are streamed together.',
      {},
    ),
    claims: listOf(claim, 'Sentences over metrics.', {}),
    budget: Type.Object(
      { calls: cap('Model calls.'), gpu_hours: cap('GPU-hours.'), money: cap('Money.') },
      { ...closed, description: 'What a run may spend before it parks.', examples: [{ calls: null, gpu_hours: null, money: null }] },
    ),
    estimate,
  },
  { ...closed, title: 'codepmp plan', description: 'What a pipeline comes down to: units of work with keys, frozen for a run.' },
);

/** The published schema of plans (draft-07). */
export function publishedPlanSchema(): SchemaObject {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...planSchema };
}
