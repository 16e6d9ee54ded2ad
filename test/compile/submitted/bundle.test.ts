import fc from 'fast-check';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { stringify as write } from 'yaml';
import { bundle, compile, createBases, loadConfig } from '../../../compile/index.ts';
import type { CompileOptions } from '../../../compile/index.ts';
import { toYaml } from '../../../compile/submitted/bundle-text.ts';
import { parse } from '../../../compile/read/parse.ts';
import { toJson } from '../../../compile/read/tree.ts';
import type { Json, JsonObject } from '../../../plan/index.ts';
import { allKeys, base, over, planOfFiles, withoutPlaces } from '../extends/rig.ts';
import type { Files } from '../extends/rig.ts';
import { pipeline } from '../generated.ts';
import { config, golden, planOf } from '../rig.ts';

vi.setConfig({ testTimeout: 120_000 });

const stringify = (value: Json) => write(value, { aliasDuplicateObjects: false });

/** The text of the bundle of `pipeline.yaml`. */
function bundleOf(files: Files, options: Partial<CompileOptions> = {}): string {
  const { 'pipeline.yaml': source = '', ...bases } = files;
  const { text, rendered } = bundle({ source, file: 'pipeline.yaml', files: bases, config, ...options });
  if (text === undefined) throw new Error(rendered.join('\n\n'));
  return text;
}

describe('a bundle', () => {
  const place = new URL('../../../pipelines/', import.meta.url);
  const shipped = readdirSync(place).filter((file) => /^[a-z0-9-]+\.yaml$/.test(file));
  const ofPaper = existsSync(new URL('paper.config.yaml', place)) ? 'paper.config.yaml' : undefined;
  const { config: declared } = loadConfig({ folder: fileURLToPath(place), file: ofPaper, home: '/home-of-codepmp' });
  test.each(shipped)('of the shipped %s makes the same plan', (name) => {
    const source = readFileSync(new URL(name, place), 'utf8');
    const bases = createBases({ open: (path) => readFileSync(new URL(path, place)) });
    const options = { source, file: name, bases, config: declared };
    const before = compile(options).plan;
    const after = compile({ source: bundle(options).text ?? '', file: name, config: declared }).plan;
    expect(after && withoutPlaces(after)).toEqual(before && withoutPlaces(before));
  });

  test('reads as written: sections apart, short entries in one line, the order of the base', () => {
    const claim =
      '{id: more-pairs-help, description: "Twice the pairs: better by a little.", metric: {step: accuracy, name: accuracy}, of: {pairs: 100}, above: {pairs: 50}}';
    const own = over(
      `name: study\nparams: {lr: {type: number, default: 1e-4}, seed: 2}\nsteps: {rm: {with: {schedule: {lr: $lr}}}}\nclaims: [${claim}]\nsweeps: {scale: {seeds: null}}\n`,
    );
    const text = bundleOf({ 'pipeline.yaml': own, 'base.yaml': base });
    expect(text).toBe(golden(new URL('bundle.golden.yaml', import.meta.url), text));
  });

  test('needs no other file, and bundled again is the same text but for its first line', () => {
    const text = bundleOf({ 'pipeline.yaml': over('name: study\n'), 'base.yaml': base });
    const again = bundleOf({ 'pipeline.yaml': text });
    expect(again.split('\n').slice(1)).toEqual(text.split('\n').slice(1));
  });

  test('holds the values that were given as defaults', () => {
    const text = bundleOf(
      { 'pipeline.yaml': base },
      { set: { seed: '5' }, params: [{ file: 'p.yaml', source: 'pairs: 7\nseed: 4\n' }], sweeps: [] },
    );
    expect(planOf(text.replace(/\nsweeps:[^]*?\n\n/, '\n')).cells[0]?.values).toEqual({ seed: 5, pairs: 7 });
  });

  test('holds what a choice that was given binds', () => {
    const text = `${base.replace(/sweeps:\n.*\n/, '')}alternatives: {size: {small: {pairs: 10, seed: 3}}}\n`;
    const set = { size: 'small' };
    expect(allKeys(planOf(bundleOf({ 'pipeline.yaml': text }, { set })))).toEqual(allKeys(planOfFiles({ 'pipeline.yaml': text }, { set })));
  });

  test('of a file with errors is none, and says what is wrong', () => {
    const { text, diagnostics } = bundle({ source: over('', './nowhere.yaml'), file: 'pipeline.yaml', config });
    expect(text).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(['E0200']);
  });

  test('of a generated pipeline makes the same plan', () => {
    fc.assert(
      fc.property(pipeline, (spec) => {
        const text = stringify(spec);
        expect(withoutPlaces(planOf(bundleOf({ 'pipeline.yaml': text })))).toEqual(withoutPlaces(planOf(text)));
      }),
      { numRuns: 40 },
    );
  });
});

/** Changes that fit every generated pipeline. */
const change: fc.Arbitrary<JsonObject> = fc
  .record({
    temperature: fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10),
    train: fc.integer({ min: 1, max: 1000 }),
    seeds: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 2 }),
    lr: fc.double({ min: 1e-9, max: 0.5, noNaN: true }),
    parts: fc.subarray(['models', 'data', 'pmp', 'sweeps', 'budget', 'report']),
  })
  .map(({ temperature, train, seeds, lr, parts }) => {
    const has = (part: string): boolean => parts.includes(part);
    const steps = {
      ...(has('data') && { data: { with: { train } } }),
      ...(has('pmp') && { pmp: { with: { schedule: { lr } } } }),
      ...(has('report') && { report: { with: { metrics: ['accuracy-0'] } } }),
      ...(has('sweeps') && { 'rm-0': { with: { seed: '$seed' } } }),
    };
    return JSON.parse(JSON.stringify({
      ...(has('models') && { models: { a: { temperature } } }),
      ...(has('sweeps') && { params: { seed: { type: 'integer', default: 1 } }, sweeps: { s: { seeds } } }),
      ...(has('budget') && { budget: { calls: train } }),
      ...(Object.keys(steps).length > 0 && { steps }),
    })) as JsonObject;
  });

/** Only keys with something below them. */
const overText = (file: string, spec: JsonObject) => stringify({ codepmp: 1, extends: file, ...spec });

test('extending with nothing is the same plan', () => {
  fc.assert(
    fc.property(pipeline, (spec) => {
      const text = stringify(spec);
      expect(withoutPlaces(planOfFiles({ 'pipeline.yaml': overText('./base.yaml', {}), 'base.yaml': text }))).toEqual(
        withoutPlaces(planOf(text)),
      );
    }),
    { numRuns: 40 },
  );
});

test('a file over a file over a base is the same as over the bundle of those two', () => {
  fc.assert(
    fc.property(pipeline, change, change, (spec, first, second) => {
      const [top, bottom] = [stringify(spec), overText('./base.yaml', first)];
      const plan = planOfFiles({ 'pipeline.yaml': overText('./middle.yaml', second), 'middle.yaml': bottom, 'base.yaml': top });
      const middle = bundleOf({ 'pipeline.yaml': bottom, 'base.yaml': top });
      const flattened = planOfFiles({ 'pipeline.yaml': overText('./middle.yaml', second), 'middle.yaml': middle });
      const whole = planOf(bundleOf({ 'pipeline.yaml': overText('./middle.yaml', second), 'middle.yaml': bottom, 'base.yaml': top }));
      expect(withoutPlaces(flattened)).toEqual(withoutPlaces(plan));
      expect(withoutPlaces(whole)).toEqual(withoutPlaces(plan));
    }),
    { numRuns: 40 },
  );
});

test('the order of keys in a change, its quoting and its comments change no key', () => {
  fc.assert(
    fc.property(pipeline, change, (spec, own) => {
      const plain = overText('./base.yaml', own);
      const other = JSON.stringify(
        Object.fromEntries(Object.entries({ codepmp: 1, extends: './base.yaml', ...own }).reverse()),
        null,
        1,
      ).replaceAll('\n', ' # note\n');
      const files = (text: string) => ({ 'pipeline.yaml': text, 'base.yaml': stringify(spec) });
      expect(allKeys(planOfFiles(files(other)))).toEqual(allKeys(planOfFiles(files(plain))));
    }),
    { numRuns: 40 },
  );
});

test('any text, number and name is read again as it was written', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
    fc.string({ unit: 'binary' }).map((text) => text.toWellFormed().replaceAll('\0', '')),
    fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((value) => value || 0),
    fc.double({ min: 1e-300, max: 1e-3, noNaN: true }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constantFrom(
      null,
      'null',
      'True',
      '1e3',
      '0x10',
      '- a',
      'a: b',
      'a #b',
      '$seed',
      '',
      ' ',
      '*.py',
      '~',
      '.inf',
      '2026-11-23',
      'yes',
      '1_000',
    ),
  );
  const name = fc
    .string({ minLength: 1, maxLength: 8 })
    .map((text) => text.replaceAll('\0', '0'))
    .filter((text) => !(text in {}) && text !== 'prototype' && text !== '<<');
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', maxDepth: 4 },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true }), (section) => {
      const { tree, problems } = parse(toYaml({ section }));
      expect(problems).toEqual([]);
      expect(tree && toJson(tree)).toEqual(JSON.parse(JSON.stringify({ section })));
    }),
    { numRuns: 500 },
  );
});
