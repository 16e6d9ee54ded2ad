import type { Static } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { readFileSync, readdirSync } from 'node:fs';
import { expect, expectTypeOf, test } from 'vitest';
import type { Plan } from '../../plan/index.ts';
import { publishedSchemas } from '../../schemas/published/emit.ts';
import { planSchema } from '../../schemas/index.ts';
import type { SchemaObject } from '../../schemas/index.ts';
import { planOf } from '../compile/rig.ts';

const schema = JSON.parse(publishedSchemas()['plan.schema.json'] ?? '') as SchemaObject;
const accepts = new Ajv({ strict: false, allErrors: true }).compile(schema);
const pipelines = new URL('../../pipelines/', import.meta.url);

test('the schema of plans describes the type that the rest of the code uses', () => {
  expectTypeOf<Static<typeof planSchema>>().toEqualTypeOf<Plan>();
});

test.each(readdirSync(pipelines).filter((file) => file.endsWith('.plan.json')))('the shipped %s follows the schema', (file) => {
  const plan = JSON.parse(readFileSync(new URL(file, pipelines), 'utf8')) as unknown;
  accepts(plan);
  expect(accepts.errors ?? []).toEqual([]);
});

test('a plan with cells, claims and a budget follows the schema', () => {
  const plan = planOf(`codepmp: 1
name: t
params: {size: {type: integer, default: 100}, seed: {type: integer, default: 1}}
steps:
  task: {uses: dataset/arithmetic, with: {train: $size}}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: task.train, seed: $seed}, run: {budget: {unavailable: 9}}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: task.test}}
sweeps: {scale: {grid: {size: [100, 200]}, seeds: [1, 2]}}
claims: [{id: helps, metric: {step: accuracy, name: accuracy}, of: {size: 200}, above: {size: 100}}, {id: chance, metric: {step: accuracy, name: accuracy}, of: {}, above: 0.5}]
budget: {calls: 10}
`);
  expect(plan.cells).toHaveLength(4);
  expect(accepts(plan)).toBe(true);
});

test('a plan with a key too many, a wrong version or a digest that is none does not', () => {
  const [file = ''] = readdirSync(pipelines).filter((each) => each.endsWith('.plan.json'));
  const plan = JSON.parse(readFileSync(new URL(file, pipelines), 'utf8')) as Plan;
  const [first, ...rest] = plan.nodes;
  expect(accepts({ ...plan, owner: 'me' })).toBe(false);
  expect(accepts({ ...plan, version: 1 })).toBe(false);
  expect(accepts({ ...plan, nodes: [{ ...first, key: 'x' }, ...rest] })).toBe(false);
});
