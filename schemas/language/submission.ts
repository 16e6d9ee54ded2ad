import { Type } from '@sinclair/typebox';
import type { TSchema } from '@sinclair/typebox';
import type { PipelineInput, PipelineSettings, Scalar } from '../../plan/index.ts';
import { choice, closed } from '../fields.ts';

const scalar = Type.Unsafe<Scalar>({ type: ['string', 'number', 'boolean'] });
const values = (description: string, example: object) =>
  Type.Optional(Type.Record(Type.String(), scalar, { description, examples: [example] }));
const names = (description: string, example: string) => Type.Optional(Type.Array(Type.String(), { description, examples: [[example]] }));

type SchemaKeys<T> = { [K in keyof Required<T>]: TSchema };

/** The settings of a submission, which come as a second argument. */
export const settingsSchema = Type.Object(
  {
    set: values('Values of params; they override those of the input.', { seed: 2 }),
    sweeps: names('Only the cells of these sweeps; an empty list: no sweep.', 'ablations'),
    cell: values('Only the cells with these values.', { seed: 2 }),
    sample: Type.Optional(Type.Integer({ description: 'A trial of the whole pipeline on so many items.', minimum: 1, examples: [5] })),
    on_failure: Type.Optional(
      choice(['park', 'fail'], { description: 'What happens when a node has spent its budget.', examples: ['park'] }),
    ),
    again: names('Ids of nodes whose recorded results are not used.', 'rm'),
    events: Type.Optional(
      Type.Integer({ description: 'Events after which the root continues as a new execution.', minimum: 1, examples: [8000] }),
    ),
  } satisfies SchemaKeys<PipelineSettings>,
  { ...closed, description: 'Settings of a submission.' },
);

/** What a submission is made of besides bare YAML. */
export const inputSchema = Type.Object(
  {
    spec: Type.Optional(Type.String({ description: 'The pipeline in YAML; beside a plan, the text it was made from.', examples: ['codepmp: 1'] })),
    plan: Type.Optional(
      Type.Unsafe<object | string>({
        type: ['string', 'object'],
        description: 'A plan, or its digest in the store of the worker.',
        examples: ['0'.repeat(64)],
      }),
    ),
    set: values('Values of params.', { seed: 2 }),
    file: Type.Optional(
      Type.String({ description: 'Name of the file, for diagnostics.', minLength: 1, maxLength: 4096, examples: ['study.yaml'] }),
    ),
    files: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'Texts of the files it extends, by path.',
        examples: [{ 'base.yaml': 'codepmp: 1' }],
      }),
    ),
  } satisfies SchemaKeys<PipelineInput>,
  { ...closed, description: 'Input of a submission.' },
);
