import { budgetSchema } from './budget.ts';
import { claimSchema } from './claim.ts';
import { kindNames, kindOf } from '../kinds/index.ts';
import { modelSchema } from './model.ts';
import { namePattern, nameTitle, paramPattern, siblingPattern } from '../names.ts';
import { paramSchema } from './param.ts';
import { runSchema } from './run.ts';
import { alternativesSchema, sweepSchema } from './sweep.ts';
import { viewSchema } from './view.ts';
import { acceptParams, withSchema } from './with.ts';
import type { SchemaObject } from './with.ts';

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
      name: {
        type: 'string',
        title: nameTitle,
        pattern: namePattern,
        description: 'Name of the pipeline.',
        examples: ['quickstart'],
      },
      extends: {
        type: 'string',
        title: 'name of a shipped pipeline, or path of a file',
        pattern: basePattern,
        description:
          'Pipeline that this file changes: the name of a shipped one, or a path from this file. Maps are merged by key, lists and values replace, `null` removes. Left out: none.',
        examples: ['quickstart', './base.yaml'],
      },
      config: {
        type: 'string',
        title: 'name of a YAML file in the same folder',
        pattern: siblingPattern,
        description:
          'Configuration that this pipeline was written for, a file beside it. Commands use it unless the operator has one: --config, CODEPMP_CONFIG or a codepmp.config.yaml in the current folder. A file that extends this one names its own. Left out: none.',
        examples: ['paper.config.yaml'],
      },
      params: named(
        paramSchema as unknown as SchemaObject,
        'Values that --set replaces; `$name` uses one in place of any single value. Left out: none.',
        { seed: { type: 'integer', default: 1 } },
      ),
      models: named(acceptParams(modelSchema), 'Models that steps call, by the name used in `with`. Left out: none.', {
        strong: { endpoint: 'local-strong', temperature: 0.7, max_tokens: 256 },
      }),
      steps: {
        ...named({ $ref: '#/definitions/step' }, 'The steps, in any order: what a step reads is made first.', {
          code: { uses: 'source/files', with: { source: 'python-stdlib' } },
        }),
        minProperties: 1,
      },
      alternatives: named(alternativesSchema, 'Groups of named choices that bind several params at once. Left out: none.', {
        task: { math: { train: 'math.train', test: 'math.test' }, reclor: { train: 'reclor.train', test: 'reclor.test' } },
      }),
      sweeps: named(
        sweepSchema,
        'Experiments over params. All cells of all sweeps become one graph, and equal work is done once. Left out: one cell, the defaults of the params.',
        {
          schedules: { grid: { scheduler: ['wsd', 'wcd'] }, seeds: [1, 2, 3] },
        },
      ),
      claims: {
        type: 'array',
        maxItems: 1000,
        items: claimSchema,
        description: 'Sentences over metrics that are checked when a run has them. Left out: none.',
        examples: [[{ id: 'better-than-chance', metric: { step: 'accuracy', name: 'accuracy' }, of: {}, above: 0.5 }]],
      },
      views: named(
        viewSchema,
        'Tables and figures of the report, in this order; a sweep that none of them shows gets one by its axes. Left out: all get one.',
        { sizes: { sweep: 'sizes', rows: ['rm_pairs'] } },
      ),
      targets: {
        type: 'array',
        minItems: 1,
        maxItems: 1000,
        items: { type: 'string', title: 'id of a step', pattern: namePattern },
        description:
          'Targets besides metrics and reports; a step that no target needs does not run. Left out: metrics and reports alone, or every step if there are none.',
        examples: [['pairs']],
      },
      budget: budgetSchema,
    },
    definitions: { param: paramValue, step: stepSchema() },
  };
}

const basePattern = '^([a-z0-9][a-z0-9-]*|\\.\\.?/.*\\.ya?ml)$';

const paramValue = {
  type: 'string',
  title: '$param',
  pattern: paramPattern,
  description: 'The value of a param.',
  examples: ['$seed'],
};

function stepSchema(): SchemaObject {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['uses'],
    properties: {
      uses: {
        type: 'string',
        enum: kindNames,
        description: 'Kind of the step.',
        examples: ['summarize'],
      },
      with: {
        type: 'object',
        description: 'Inputs and settings; `uses` decides which. Left out: the defaults of the kind.',
        examples: [{ corpus: 'code', model: 'strong' }],
      },
      run: { ...acceptParams(runSchema), examples: [{ pool: 'local' }] },
    },
    allOf: kindNames.map((kind) => ({
      if: { type: 'object', properties: { uses: { const: kind } }, required: ['uses'] },
      // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: contentSchema(kind),
    })),
  };
}

/** The keys that only a step of this kind has. */
function contentSchema(kind: string): SchemaObject {
  const content = withSchema(kindOf(kind));
  const required = (content['required'] as string[]).length > 0 ? { required: ['with'] } : {};
  return { ...required, properties: { with: content } };
}

/**
 * The published schema in parts: everything but the content of steps, and the content of a step of one kind. A checker that
 * compiles only the parts it needs starts several times as fast.
 */
export function pipelineSchemaInParts(): { shell: SchemaObject; content: (kind: string) => SchemaObject } {
  const { definitions, ...whole } = pipelineSchema() as { definitions: { param: SchemaObject; step: SchemaObject } };
  const { allOf: _, ...step } = definitions.step;
  return {
    shell: { ...whole, definitions: { ...definitions, step } },
    content: (kind) => ({ type: 'object', ...contentSchema(kind), definitions: { param: paramValue } }),
  };
}

function named(value: SchemaObject, description: string, example: object): SchemaObject {
  return {
    type: 'object',
    description,
    propertyNames: { type: 'string', title: nameTitle, pattern: namePattern },
    additionalProperties: value,
    examples: [example],
  };
}
