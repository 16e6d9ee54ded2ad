import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { parse, stringify as write } from 'yaml';
import type { ToStringOptions } from 'yaml';
import { isError } from '../../../compile/index.ts';
import { planHash } from '../../../plan/keys.ts';
import type { Json, JsonObject, Plan } from '../../../plan/index.ts';
import { planOfFiles } from '../extends/rig.ts';
import { language } from './generated-language.ts';
import { compileText, planOf } from '../rig.ts';

vi.setConfig({ testTimeout: 120_000 });

/** YAML without anchors, each text on one line. */
const stringify = (value: Json, layout: ToStringOptions = {}) => write(value, { lineWidth: 0, ...layout, aliasDuplicateObjects: false });

test('a pipeline with everything that the language has compiles', () => {
  fc.assert(
    fc.property(language, (spec) => {
      const { plan, diagnostics } = compileText(stringify(spec));
      expect(diagnostics.filter(isError)).toEqual([]);
      const ids = new Set(plan?.nodes.map(({ id }) => id));
      for (const { nodes } of plan?.cells ?? []) expect(Object.values(nodes).filter((id) => !ids.has(id))).toEqual([]);
      expect(plan?.claims).toHaveLength(((spec['claims'] ?? []) as Json[]).length);
    }),
    { numRuns: 60 },
  );
});

/** The same pipeline as other people would write it. */
const layouts: { [what: string]: (spec: JsonObject, seed: number) => string } = {
  'key order': (spec, seed) => stringify(shuffle(spec, seed)),
  'single quotes': (spec) => stringify(spec, { defaultStringType: 'QUOTE_SINGLE' }),
  'double quotes, also of keys': (spec) => stringify(spec, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' }),
  'text as blocks': (spec) => stringify(spec, { defaultStringType: 'BLOCK_LITERAL' }),
  'flow style': (spec) => stringify(spec, { collectionStyle: 'flow' }),
  'JSON': (spec) => JSON.stringify(spec),
  'JSON over many lines': (spec) => JSON.stringify(spec, null, 3),
  'indentation': (spec) => stringify(spec, { indent: 5 }),
  'lists that are not indented': (spec) => stringify(spec, { indentSeq: false }),
  'comments behind and between lines': (spec) => `# first\n${stringify(spec).replaceAll('\n', ' # note: {\n  # - more\n')}`,
  'blank lines and spaces at the end of lines': (spec) => `\n${stringify(spec).replaceAll('\n', '  \n\n')}`,
  'CRLF': (spec) => stringify(spec).replaceAll('\n', '\r\n'),
  'a byte order mark': (spec) => `\uFEFF${stringify(spec)}`,
};

/** Hash of a plan without its report, which names equal steps by the first of them in the file. */
function workHash({ nodes }: Plan): string {
  return planHash({ nodes: nodes.filter(({ kind }) => kind !== 'report') });
}

describe('the plan hash is the same whatever the file looks like:', () => {
  test.each(Object.keys(layouts))('%s', (what) => {
    fc.assert(
      fc.property(language, fc.integer(), (spec, seed) => {
        const text = layouts[what]?.(spec, seed) ?? '';
        fc.pre(isDeepStrictEqual(parse(text), spec)); // the library loses texts of white space alone in blocks
        expect(workHash(planOf(text))).toBe(workHash(planOf(stringify(spec))));
      }),
      { numRuns: 15 },
    );
  });

  test('in one file or over a base', () => {
    fc.assert(
      fc.property(language, fc.subarray(['params', 'alternatives', 'sweeps', 'claims', 'targets', 'budget']), (spec, own) => {
        const part = (isOwn: boolean) => Object.fromEntries(Object.entries(spec).filter(([key]) => own.includes(key) === isOwn));
        const files = {
          'base.yaml': stringify(
            own.includes('params')
              ? { ...part(false), params: { ...(spec['params'] as JsonObject), seed: { type: 'integer', default: 999 } } }
              : part(false),
          ),
          'pipeline.yaml': stringify({ codepmp: 1, extends: './base.yaml', ...part(true) }),
        };
        expect(workHash(planOfFiles(files))).toBe(workHash(planOf(stringify(spec))));
      }),
      { numRuns: 25 },
    );
  });
});

function shuffle(value: Json, seed: number): Json {
  if (Array.isArray(value)) return value.map((each) => shuffle(each, seed));
  if (typeof value !== 'object' || value === null) return value;
  const rank = (key: string) => Math.sin(seed + [...key].reduce((sum, each) => sum * 31 + each.charCodeAt(0), 7));
  const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(entries.map(([key, each]) => [key, shuffle(each, seed)]));
}
