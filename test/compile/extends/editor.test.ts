import { Ajv } from 'ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../../plan/index.ts';
import { publishedSchemas } from '../../../schemas/published/emit.ts';
import { base, compileFiles, over, planOfFiles, withoutPlaces } from './rig.ts';
import { planOf } from '../rig.ts';

const published = new Ajv({ strict: false }).compile(JSON.parse(publishedSchemas()['pipeline.schema.json'] ?? '') as object);

/** What an editor would underline. */
function problemsOf(file: unknown): object[] {
  return published(file) ? [] : (published.errors ?? []);
}

const changes = [
  '',
  'name: mine\n',
  'params: {seed: 7, pairs: {default: 3}}\nsweeps: null\n',
  'params: {seed: {enum: [4, 5], default: 4}}\nsweeps: null\n',
  'steps: {rm: {with: {schedule: {lr: 1e-4}, batch_size: 2, layers: null}}}\n',
  'steps: {bon: {with: {n: [2]}}}\n',
  'steps: {samples: {with: {n: 8}}}\n',
  'steps: {data: {with: {choices: 5}}, choice: {uses: eval/choice, with: {model: rm, choices: data.choices}}}\n',
  'steps: {rm: {uses: train/pmp, with: {base: smollm2-135m-instruct, pairs: data.train}}}\n',
  'steps: {rm: {run: {pool: other}}, bon: null}\n',
  'steps: {rm: {run: null}}\n',
  'models: {solver: {temperature: 0.9, stop: null}}\n',
  'sweeps: {scale: {grid: {pairs: null, seed: [8, 9]}, seeds: null}, more: {grid: {pairs: [200]}}}\n',
  'alternatives: {size: {small: {pairs: 10}, large: {pairs: 20}}}\nsweeps: {scale: {grid: {pairs: null, size: [small, large]}}}\n',
  'budget: {calls: 5, money: null}\n',
  'budget: null\n',
  'targets: [data]\n',
  'claims: [{id: chance, metric: {step: accuracy, name: accuracy}, above: 0.5}]\n',
  'claims: {chance: {metric: {step: accuracy, name: accuracy}, above: 0.5}}\n',
  'claims: {}\n',
];

test.each(changes)('an editor accepts what the compiler accepts: %j', (text) => {
  const own = over(text);
  expect(compileFiles({ 'pipeline.yaml': own, 'base.yaml': base }).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(problemsOf(parse(own))).toEqual([]);
});

test('any part of a file laid over it changes nothing, and an editor accepts it', () => {
  const whole = parse(base) as JsonObject;
  fc.assert(
    fc.property(fc.subarray(['params', 'models', 'steps', 'sweeps', 'budget']), fc.infiniteStream(fc.boolean()), (sections, keep) => {
      const part = (value: unknown, depth: number): unknown =>
        depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)
          ? value
          : Object.fromEntries(Object.entries(value).filter(() => keep.next().value).map(([key, each]) => [key, part(each, depth - 1)]));
      const own = { codepmp: 1, extends: './base.yaml', ...Object.fromEntries(sections.map((name) => [name, part(whole[name], 4)])) };
      const plan = planOfFiles({ 'pipeline.yaml': JSON.stringify(own), 'base.yaml': base });
      expect(withoutPlaces(plan)).toEqual(withoutPlaces(planOf(base)));
      expect(problemsOf(own)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
