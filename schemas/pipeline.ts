import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { failureClasses } from '../plan/index.ts';
import { choice, closed, orNull } from './fields.ts';
import { kindNames, kindOf } from './kinds.ts';
import { namePattern, nameTitle, paramPattern, resourcePattern } from './names.ts';
import { acceptParams, withSchema } from './with.ts';
import type { SchemaObject } from './with.ts';

const scalar = { type: ['string', 'number', 'boolean'] };

/** A param as it is declared. `enum` stands for its own type. */
export const paramSchema = Type.Object(
  {
    type: Type.Optional(
      choice(['integer', 'number', 'string', 'boolean', 'checkpoint'], {
        description: 'What values the param takes; checkpoint is the id of a step or the name of base weights.',
        examples: ['integer'],
      }),
    ),
    enum: Type.Optional(
      Type.Array(Type.Unsafe<string | number | boolean>(scalar), {
        description: 'The values the param takes, in place of a type.',
        minItems: 1,
        maxItems: 100,
        examples: [['wsd', 'wcd']],
      }),
    ),
    default: Type.Optional(
      Type.Unsafe<string | number | boolean>({ ...scalar, description: 'Value without --set; without one --set is needed.', examples: [1] }),
    ),
    minimum: Type.Optional(Type.Number({ description: 'Smallest value of a number.', examples: [1] })),
    maximum: Type.Optional(Type.Number({ description: 'Largest value of a number.', examples: [100] })),
    description: Type.Optional(Type.String({ description: 'What the param is for.', examples: ['Seed of everything drawn.'] })),
  },
  { ...closed, description: 'A value that --set name=value replaces.', examples: [{ type: 'integer', default: 1 }] },
);

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
    min_p: Type.Number({ description: 'Least probability relative to the best token; 0 is off.', minimum: 0, maximum: 1, default: 0, examples: [0.05] }),
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
  },
  { ...closed, description: 'An endpoint of the configuration with the sampling of this experiment.' },
);

/** Where and how a step runs; never part of a key. */
export const runSchema = Type.Object(
  {
    pool: Type.String({
      title: 'name of a pool',
      description: 'Pool of the configuration that launches the process.',
      pattern: resourcePattern,
      default: 'local',
      examples: ['local'],
    }),
    chunk: orNull('integer', {
      description: 'Items treated together; null: chosen from their number.',
      minimum: 1,
      maximum: 100_000,
      default: null,
      examples: [1000],
    }),
    budget: Type.Object(
      Object.fromEntries(
        failureClasses.map((each) => [
          each,
          Type.Optional(
            Type.Integer({ description: `Tries after a failure of class ${each}.`, minimum: 0, maximum: 100_000, examples: [3] }),
          ),
        ]),
      ),
      {
        ...closed,
        description: 'How often a failure of each class is tried again; classes left out keep their default.',
        default: {},
        examples: [{ unavailable: 10 }],
      },
    ),
  },
  { ...closed, description: 'Where and how the step runs. Changes nothing about its result and re-runs nothing.' },
);

export type ParamSpec = Static<typeof paramSchema>;
export type ModelSpec = Static<typeof modelSchema>;
export type RunSpec = Static<typeof runSchema>;

/** The published schema of pipelines (draft-07). `uses` decides which keys `with` has. */
export function pipelineSchema(): SchemaObject {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'codepmp pipeline',
    description: 'Steps joined by artifacts, from source code to a report.',
    type: 'object',
    additionalProperties: false,
    required: ['codepmp', 'name', 'steps'],
    properties: {
      codepmp: { const: 1, description: 'Version of the language.', examples: [1] },
      name: { type: 'string', title: nameTitle, pattern: namePattern, description: 'Name of the pipeline.', examples: ['quickstart'] },
      params: named(paramSchema as unknown as SchemaObject, 'Values that --set replaces; `$name` stands for one wherever a single value stands.'),
      models: named(acceptParams(modelSchema), 'Models that steps call, by the name used in `with`.'),
      steps: {
        ...named({ $ref: '#/definitions/step' }, 'The steps, in any order: what a step reads is made first.'),
        minProperties: 1,
      },
    },
    definitions: { param: paramValue, step: stepSchema() },
  };
}

const paramValue = {
  type: 'string',
  title: '$param',
  pattern: paramPattern,
  description: 'The value of a param.',
  examples: ['$seed'],
};

function stepSchema(): SchemaObject {
  const summaries = kindNames.map((kind) => `- \`${kind}\`: ${kindOf(kind).description}`);
  return {
    type: 'object',
    additionalProperties: false,
    required: ['uses'],
    properties: {
      uses: { type: 'string', enum: kindNames, description: `Kind of the step.\n${summaries.join('\n')}`, examples: ['summarize'] },
      with: { type: 'object', description: 'Inputs and settings; `uses` decides which.', examples: [{ corpus: 'code', model: 'strong' }] },
      run: { ...acceptParams(runSchema), examples: [{ pool: 'local' }] },
    },
    allOf: kindNames.map((kind) => {
      const content = withSchema(kindOf(kind));
      const required = (content['required'] as string[]).length > 0 ? { required: ['with'] } : {};
      return {
        if: { type: 'object', properties: { uses: { const: kind } }, required: ['uses'] },
        // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
        then: { ...required, properties: { with: content } },
      };
    }),
  };
}

function named(value: SchemaObject, description: string): SchemaObject {
  return {
    type: 'object',
    description,
    propertyNames: { type: 'string', title: nameTitle, pattern: namePattern },
    additionalProperties: value,
    examples: [{}],
  };
}
