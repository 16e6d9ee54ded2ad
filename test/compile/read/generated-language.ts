import fc from 'fast-check';
import type { Json, JsonObject, Scalar } from '../../../plan/index.ts';
import { pipeline } from '../generated.ts';

/** Values of each param and of the group `task`, as axes give them. */
const axes = {
  scheduler: ['wsd', 'wcd'],
  eoc: [false, true],
  size: [10, 25, 400],
  lr: [1e-5, 3e-4, 0.1],
  init: ['pmp', '$base'],
  temperature: [0, 0.5, 1],
  task: ['math', 'other'],
} as const;

type AxisName = keyof typeof axes;

const axisNames = Object.keys(axes) as AxisName[];

const params = fc
  .record({
    seed: fc.nat(100),
    size: fc.integer({ min: 5, max: 500 }),
    lr: fc.double({ min: 1e-9, max: 0.5, noNaN: true }),
    scheduler: fc.constantFrom(...axes.scheduler),
    eoc: fc.boolean(),
    temperature: fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10),
    init: fc.constantFrom('pmp', 'smollm2-135m-instruct'),
    pool: fc.constantFrom('local', 'other'),
    description: fc.constantFrom('Seed of everything drawn.', 'a: b # no comment', ''),
  })
  .map(({ seed, size, lr, scheduler, eoc, temperature, init, pool, description }) => ({
    seed: { type: 'integer', default: seed, minimum: 0, description },
    size: { type: 'integer', default: size, minimum: 5, maximum: 500 },
    lr: { type: 'number', default: lr, maximum: 0.5 },
    scheduler: { enum: [...axes.scheduler], default: scheduler },
    eoc: { type: 'boolean', default: eoc },
    temperature: { type: 'number', default: temperature },
    init: { type: 'checkpoint', default: init },
    base: { type: 'checkpoint', default: 'smollm2-135m-instruct' },
    train: { type: 'step', default: 'data.train' },
    test: { type: 'step', default: 'data.test' },
    model: { type: 'string', default: 'b' },
    pool: { type: 'string', default: pool },
  }));

type Values = { [name in AxisName]: Scalar[] };

const values = fc.record(
  Object.fromEntries(axisNames.map((name) => [name, fc.shuffledSubarray<Scalar>([...axes[name]], { minLength: 1 })])),
) as fc.Arbitrary<Values>;

const parts = fc.record(
  Object.fromEntries(axisNames.map((name) => [name, fc.constantFrom('none', 'none', 'grid', 'zip', 'vary')])),
) as fc.Arbitrary<{ [name in AxisName]: string }>;

/** A value in half of the cases. */
function sometimes(...all: Json[]): fc.Arbitrary<Json | undefined> {
  return fc.option(fc.constantFrom(...all), { nil: undefined, freq: 1 });
}

function written(entries: { [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(entries).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

/** A sweep in which each axis stands in one part, and which has a cell at least. */
const sweep: fc.Arbitrary<JsonObject> = fc
  .record({
    values,
    parts,
    isGeometric: fc.boolean(),
    excludes: fc.boolean(),
    include: sometimes([{ scheduler: 'wcd', size: 7 }], [{ eoc: true }, { init: '$base', lr: 0.2 }]),
    seeds: sometimes([3], [1, 2]),
    targets: sometimes(['accuracy-0'], ['pmp', 'accuracy-0'], ['bon-0', 'accuracy-0']),
    description: sometimes('What it is for.', 'yes'),
  })
  .map(({ values: given, parts: where, isGeometric, excludes, ...extra }) => {
    const namesOf = (part: string, most: number): AxisName[] => axisNames.filter((name) => where[name] === part).slice(0, most);
    const [gridded, zipped, varied] = [namesOf('grid', 2), namesOf('zip', 2), namesOf('vary', 2)];
    const length = Math.min(...zipped.map((name) => given[name].length));
    const others = varied.filter((name) => given[name].length > 1);
    const scale: [string, Json][] =
      isGeometric && gridded.includes('size') ? [['size', { geometric: { from: 10, to: 100, ratio: 'sqrt2' } }]] : [];
    const excluded = gridded.find((name) => given[name].length > 1);
    const grid = Object.fromEntries<Json>([...gridded.map((name): [string, Json] => [name, given[name]]), ...scale]);
    const zip = Object.fromEntries(zipped.map((name) => [name, given[name].slice(0, length)]));
    const baseline = Object.fromEntries(varied.map((name) => [name, given[name][0] ?? null]));
    const vary = Object.fromEntries(others.map((name) => [name, given[name].slice(1)]));
    const axesOfSweep = Object.fromEntries(
      Object.entries({ grid, zip, baseline, vary }).filter(([, part]) => Object.keys(part).length > 0),
    );
    const exclude = excludes && excluded && scale.length === 0 ? { exclude: [{ [excluded]: given[excluded][0] ?? null }] } : {};
    const whole = { ...axesOfSweep, ...exclude, ...written(extra) };
    return Object.keys(axesOfSweep).length > 0 ? whole : { ...whole, seeds: [1, 2] };
  });

const metric = { step: 'accuracy-0', name: 'accuracy' };

const chance = fc
  .record({ above: fc.double({ min: 0, max: 1, noNaN: true }), margin: fc.constantFrom(0, 0.02), confidence: fc.constantFrom(0.9, 0.95) })
  .map((settings): JsonObject => ({ id: 'chance', metric, of: {}, ...settings }));

/** A claim over two sizes for each sweep whose grid has both. */
function claimsOver(sweeps: { [name: string]: JsonObject }): JsonObject[] {
  return Object.entries(sweeps).flatMap(([name, { grid, exclude, include }]) => {
    const sizes = (grid as JsonObject | undefined)?.['size'];
    if (exclude || include || !Array.isArray(sizes) || sizes.length < 2) return [];
    return [{ id: `more-${name}`, sweep: name, metric, of: { size: sizes[0] ?? null }, below: { size: sizes[1] ?? null } }];
  });
}

const around = fc.record(
  {
    targets: fc.constantFrom(['other'], ['pmp', 'pairs']),
    budget: fc.record({ calls: fc.nat(1000), gpu_hours: fc.constantFrom(0.5, 10), money: fc.nat(50) }, { requiredKeys: [] }),
    sweeps: fc.dictionary(fc.constantFrom('a', 'b', 'c-d'), sweep, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
  },
  { requiredKeys: [] },
);

/**
 * Pipelines with everything the language has around steps: params, alternatives, sweeps, claims, targets, a budget, `run`. All are
 * right.
 */
export const language: fc.Arbitrary<JsonObject> = fc
  .record({ spec: pipeline, params, around, claim: fc.option(chance), chunk: fc.option(fc.integer({ min: 1, max: 1000 })) })
  .map(({ spec, params: declared, around: rest, claim, chunk }) => {
    const steps = spec['steps'] as { [id: string]: { uses: string; with?: JsonObject; run?: JsonObject } };
    const models = spec['models'] as { [name: string]: JsonObject };
    const put = (id: string, settings: JsonObject): void => {
      const step = steps[id];
      if (step) step.with = { ...step.with, ...settings };
    };
    steps['other'] = { uses: 'dataset/arithmetic', with: { seed: 2, train: '$size' } };
    put('data', { train: '$size' });
    put('pmp', { base: '$base', eoc: '$eoc', schedule: { kind: '$scheduler', lr: '$lr' } });
    put('rm-0', { init: '$init', pairs: '$train', seed: '$seed' });
    put('accuracy-0', { pairs: '$test' });
    put('samples', { model: '$model' });
    models['b'] = { ...models['b'], temperature: '$temperature' };
    steps['pmp'] = { uses: 'train/pmp', ...steps['pmp'], run: { pool: '$pool', budget: { unavailable: 3 } } };
    steps['prompts'] = { uses: 'summarize', ...steps['prompts'], run: { chunk } };
    const alternatives = {
      task: { math: { train: 'data.train', test: 'data.test' }, other: { train: 'other.train', test: 'other.test' } },
    };
    const claims = [...(claim ? [claim] : []), ...claimsOver((rest.sweeps ?? {}) as { [name: string]: JsonObject })];
    const whole = { ...spec, models, params: declared, steps, alternatives, ...rest, ...(claims.length > 0 && { claims }) };
    return JSON.parse(JSON.stringify(whole)) as JsonObject;
  });
