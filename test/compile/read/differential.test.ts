import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { CORE_SCHEMA, load } from 'js-yaml';
import { describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import type { ToStringOptions } from 'yaml';
import { parse } from '../../../compile/read/parse.ts';
import { toJson } from '../../../compile/read/tree.ts';
import type { Json } from '../../../plan/index.ts';
import { pipeline } from '../generated.ts';
import { quickstart, readMistakes } from '../rig.ts';

vi.setConfig({ testTimeout: 120_000 });

/** What we read; undefined where we do not accept the text, where nothing is in it, and where a key is no name. */
function ours(text: string): Json | undefined {
  const { tree, problems } = parse(text);
  const value = tree && problems.length === 0 ? toJson(tree) : null;
  return value !== null && hasNames(value) ? value : undefined;
}

/** Keys are text here and values there: `~`, `1.0` and nothing at all are other keys, and no names of the language. */
function hasNames(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, each]) => (Array.isArray(value) || /^[a-z][a-z0-9_-]*$/.test(key)) && hasNames(each));
}

/** What another parser of YAML 1.2 reads with the core schema; -0 and 0 are one number in JSON. */
function theirs(text: string): unknown {
  return JSON.parse(JSON.stringify(load(text, { schema: CORE_SCHEMA }) ?? null));
}

/** Tabs between tokens are white space in YAML 1.2, and js-yaml refuses some of them. */
const expectSame = (text: string): boolean => {
  const value = ours(text);
  if (value === undefined || /\t/.test(text)) return value !== undefined;
  expect({ text, value }).toEqual({ text, value: theirs(text) });
  return true;
};

describe('js-yaml reads what we read', () => {
  const folders = ['../../../pipelines/', '../../../cli/starters/'].map((folder) => new URL(folder, import.meta.url));
  const shipped = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => new URL(name, folder)),
  );
  const files = [...readMistakes().map(({ source }) => source), ...shipped];

  test('in every file that lies here', () => {
    const accepted = files.filter((file) => expectSame(readFileSync(file, 'utf8')));
    expect(accepted.length).toBeGreaterThan(files.length / 2);
  });

  test('in generated pipelines in every layout', () => {
    const layouts: ToStringOptions[] = [
      {},
      { indent: 4, indentSeq: false },
      { collectionStyle: 'flow' },
      { defaultStringType: 'QUOTE_SINGLE' },
      { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' },
      { defaultStringType: 'BLOCK_LITERAL', lineWidth: 20 },
      { defaultStringType: 'BLOCK_FOLDED', lineWidth: 20 },
    ];
    fc.assert(
      fc.property(pipeline, fc.constantFrom(...layouts), (spec, layout) => {
        expect(expectSame(stringify(spec, { ...layout, aliasDuplicateObjects: false }))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('in values of any kind', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }),
        fc.double(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => void expectSame(stringify({ value }, { aliasDuplicateObjects: false }))),
      { numRuns: 300 },
    );
  });

  test('in plain values as they are written', () => {
    const part = fc.constantFrom(
      '0',
      '1',
      '9',
      '.',
      '-',
      '+',
      'e',
      'E',
      'x',
      'o',
      'b',
      '_',
      ':',
      '~',
      'true',
      'False',
      'null',
      'inf',
      'nan',
      'yes',
      ' ',
      '#',
      ',',
      "'",
      '"',
      '\\',
      '\n  ',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => void expectSame(`value: ${parts.join('')}\n`)),
      { numRuns: 2_000 },
    );
  });

  test('in a pipeline with pieces of YAML put anywhere', () => {
    const piece = fc.constantFrom(
      '\n',
      ' ',
      '  ',
      '- ',
      ': ',
      '? ',
      '[',
      ']',
      '{',
      '}',
      ', ',
      '"',
      "'",
      '|\n',
      '>-\n',
      '#',
      ' # x\n',
      '0',
      '1e3',
      '~',
      '---\n',
      '\t',
      '\\',
      '!',
      '\u00a0',
      '\u2028',
    );
    fc.assert(
      fc.property(fc.array(fc.record({ at: fc.nat(), cut: fc.nat(3), put: piece }), { minLength: 1, maxLength: 3 }), (edits) => {
        let text = quickstart;
        for (const { at, cut, put } of edits) {
          const place = at % text.length;
          text = text.slice(0, place) + put + text.slice(place + cut);
        }
        expectSame(text);
      }),
      { numRuns: 500 },
    );
  });
});
