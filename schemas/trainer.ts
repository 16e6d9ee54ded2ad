import { Type, type TSchema } from '@sinclair/typebox';
import { choice, closed, textOrNull } from './fields.ts';
import type { JsonObject } from '../plan/index.ts';
import { trainPmp } from './kinds/train/pmp.ts';
import { trainRm } from './kinds/train/rm.ts';
import type { SchemaObject } from './language/with.ts';

const text = (description: string, example: string) => Type.String({ description, minLength: 1, examples: [example] });
const files = (description: string) =>
  Type.Array(Type.String({ minLength: 1 }), { description, minItems: 1, examples: [['/data/part-0.parquet']] });

const everywhere = {
  format: Type.Literal(1, { description: 'Version of this format.' }),
  progress: text('File that gets one JSON object a line while the process runs.', '/runs/1/progress.jsonl'),
  result: text('File that is written last, so that a result that exists is complete.', '/runs/1/result.json'),
};

const stallAfter = Type.Number({
  description: 'Seconds that a step may take at least before the stacks of the process are written; three times the median step where that is longer.',
  exclusiveMinimum: 0,
  examples: [60],
});

const promptFormat = text('Format of the prompts; a model scores prompts of the format it was trained on.', 'question-answer');

const whole = trainPmp.settings.properties.schedule.properties;

const asks = (kinds: string[], ...required: string[]) => ({
  if: { properties: { kind: { enum: kinds } } },
  // eslint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { required },
});

/** The schedule of one training, or one of the two parts that a training under WSD is divided into. */
const schedule = Type.Unsafe<JsonObject>({
  type: 'object',
  ...closed,
  description: 'How the learning rate moves over the training. `stable` is wsd without its decay, and `decay` that end alone.',
  properties: {
    kind: choice(['wsd', 'wcd', 'stable', 'decay'], { description: 'Its course.', examples: ['wsd'] }),
    lr: whole.lr,
    warmup: { ...whole.warmup, maximum: undefined, description: 'Share of all steps in which the rate rises; of stable, a number of steps.' },
    decay: whole.decay,
    decay_shape: whole.decay_shape,
    begin: Type.Integer({ description: 'Step at which the rate of decay begins to fall.', minimum: 0, examples: [192] }),
  },
  required: ['kind', 'lr'],
  allOf: [asks(['wsd', 'wcd'], 'warmup', 'decay'), asks(['stable'], 'warmup'), asks(['decay'], 'begin'), asks(['wsd', 'decay'], 'decay_shape')],
});

/** Configuration of `train.py`. The settings are those of the kinds, under the same names. */
const train = Type.Object(
  {
    ...everywhere,
    task: choice(['pmp', 'rm'], { description: 'What is trained: a preference model or a reward model.', examples: ['pmp'] }),
    init: text('Folder of base weights or of an earlier checkpoint.', '/models/smollm2-135m-instruct'),
    pairs: files('Parquet files of the pairs, in order.'),
    prompt_format: promptFormat,
    ...trainPmp.settings.properties,
    schedule,
    keep: Type.Array(Type.Integer({ minimum: 1 }), {
      description: 'Pairs that are shown when the state is kept, as kept-<pairs>.safetensors in output.',
      examples: [[196_875]],
    }),
    branch: textOrNull({
      description: 'State in init that the training begins from; null: from the weights of init, at the first pair.',
      minLength: 1,
      examples: ['kept-196875.safetensors'],
    }),
    eoc: Type.Unsafe<boolean | null>({
      type: ['boolean', 'null'],
      description: 'Appends a token of its own to every answer and reads the score there; null: as the checkpoint in init does.',
      examples: [true],
    }),
    head_lr: trainRm.settings.properties.head_lr,
    stall_after: stallAfter,
    compile: Type.Boolean({ description: 'Whether the layers are compiled before the first step (torch.compile).', examples: [false] }),
    checkpoints: text('Folder of the checkpoints that a killed training continues from.', '/runs/1/checkpoints'),
    output: text('Folder of the trained model.', '/runs/1/output'),
  },
  { ...closed, description: 'Configuration of train.py.' },
);

/** Models that the trainer computes, each compared with transformers in its tests: the `model_type` of their `config.json`. */
export const trainableFamilies = ['gemma', 'gemma2', 'gemma3_text', 'llama', 'mistral', 'olmo2', 'phi3', 'qwen2', 'qwen3', 'smollm3'];

/** Configuration of `score.py`. */
const score = Type.Object(
  {
    ...everywhere,
    model: text('Folder of a model that train.py made.', '/runs/1/output'),
    input: text('File of texts, one JSON object a line: text (its name), prompt, response.', '/runs/2/texts.jsonl'),
    prompt_format: promptFormat,
    stall_after: stallAfter,
    batch_tokens: Type.Integer({ description: 'Tokens in a batch, padding included.', minimum: 1, examples: [4096] }),
    output: text('Folder of scores: files of one JSON object a line, with text, score and cut.', '/runs/2/scores'),
  },
  { ...closed, description: 'Configuration of score.py.' },
);

/** Configuration of `grade.py`. */
const grade = Type.Object(
  {
    ...everywhere,
    task: choice(['grade'], { description: 'Always grade.', examples: ['grade'] }),
    answers: choice(['numbers', 'mathematics'], {
      description: 'What the gold answers are: rules decide about numbers, math-verify about mathematics.',
      examples: ['numbers'],
    }),
    input: files('Parquet files of candidates, in order.'),
    timeout: Type.Number({ description: 'Seconds of the processor for one comparison of formulas.', exclusiveMinimum: 0, examples: [5] }),
    processes: Type.Integer({ description: 'Comparisons at once.', minimum: 1, examples: [2] }),
    output: text('Parquet file of the candidates with their verdicts.', '/runs/3/graded.parquet'),
  },
  { ...closed, description: 'Configuration of grade.py.' },
);

/**
 * Schema of the trainer's configurations, one definition for each script, and of the families of models. There are no defaults:
 * whoever launches a script says everything.
 */
export function trainerSchema(): SchemaObject {
  const family = choice(trainableFamilies, { description: 'The model_type of a base.', examples: ['llama'] });
  const all = Object.entries({ train, score, grade, family });
  const definitions = Object.fromEntries(all.map(([name, each]) => [name, withoutDefaults(each)]));
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Configurations of the trainer', definitions };
}

function withoutDefaults(schema: TSchema): SchemaObject {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === 'default' ? undefined : value))) as SchemaObject;
}
