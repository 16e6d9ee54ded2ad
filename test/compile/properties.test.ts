import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { stringify as write } from 'yaml';
import { compileText, keysOf, planOf, quickstart } from './rig.ts';
import { kindOf } from '../../schemas/index.ts';
import type { Json, JsonObject } from '../../plan/index.ts';
import { pipeline } from './generated.ts';

vi.setConfig({ testTimeout: 120_000 });

const options = { numRuns: 50 };

/** YAML without anchors. */
const stringify = (value: Json) => write(value, { aliasDuplicateObjects: false });

test('a generated pipeline compiles, and its groups hold item-by-item steps only', () => {
  fc.assert(
    fc.property(pipeline, (spec) => {
      const plan = planOf(stringify(spec));
      const steps = Object.keys(spec['steps'] as JsonObject);
      expect(Object.keys(plan.cells[0]?.nodes ?? {}).filter((step) => !steps.includes(step))).toEqual([]);
      expect(new Set(plan.nodes.map(({ key }) => key)).size).toBe(plan.nodes.length);
      const grouped = plan.groups.flatMap(({ members }) => members);
      expect(new Set(grouped).size).toBe(grouped.length);
      for (const node of plan.nodes) expect(grouped.includes(node.id)).toBe(kindOf(node.kind).shape === 'map');
    }),
    options,
  );
});

test('a changed setting changes the key of its step', () => {
  fc.assert(
    fc.property(pipeline, fc.nat(), (spec, nth) => {
      const steps = spec['steps'] as { [id: string]: { with?: JsonObject } };
      const numbers = Object.entries(steps).flatMap(([id, step]) =>
        Object.entries(step.with ?? {})
          .filter(([, value]) => typeof value === 'number')
          .map(([name]) => ({ id, name })),
      );
      const { id = '', name = '' } = numbers[nth % numbers.length] ?? {};
      const changed = structuredClone(spec);
      const settings = (changed['steps'] as { [id: string]: { with: JsonObject } })[id]?.with ?? {};
      const value = Number(settings[name]);
      settings[name] = Number.isInteger(value) && value !== 1 ? value + 1 : value / 2;
      const { plan } = compileText(stringify(changed));
      const before = keysOf(planOf(stringify(spec)))[id];
      if (before !== undefined) expect([id, name, plan && keysOf(plan)[id]]).not.toEqual([id, name, before]);
    }),
    options,
  );
});

test('a damaged text ends in a plan or in diagnostics, never in an exception', () => {
  const damage = fc.array(
    fc.record({
      at: fc.nat(quickstart.length),
      cut: fc.nat(30),
      put: fc.oneof(fc.string(), fc.constantFrom(...fragments)),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  fc.assert(
    fc.property(damage, (edits) => {
      let text = quickstart;
      for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
      expect(wrongWith(text)).toBeNull();
    }),
    { numRuns: 150 },
  );
});

test('a spec with one part replaced by anything ends in a plan or in diagnostics', () => {
  fc.assert(
    fc.property(pipeline, fc.nat(), fc.jsonValue({ maxDepth: 2 }), (spec, at, value) => {
      expect(wrongWith(stringify(replacePart(spec, at, value as Json)))).toBeNull();
    }),
    { numRuns: 150 },
  );
});

test('bytes of any sort end in diagnostics', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const { plan, diagnostics } = compileText(bytes);
      expect(plan).toBeUndefined();
      expect(diagnostics.length).toBeGreaterThan(0);
    }),
    { numRuns: 150 },
  );
});

const fragments = [
  '&a ',
  '*a',
  '<<: ',
  '!!str ',
  '---\n',
  '\t',
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '"',
  "'",
  '$seed',
  '|\n',
  '\0',
  '\u2028',
  '🙂',
  '? ',
  '.inf',
  '0x1F',
  '1e999',
];

/** What is wrong with the answer to a text: it holds a plan or errors, and every diagnostic lies inside the text. */
function wrongWith(text: string): string | null {
  const { plan, diagnostics, rendered } = compileText(text);
  const hasErrors = diagnostics.some(({ severity }) => severity === 'error');
  if ((plan === undefined) !== hasErrors) return 'neither a plan nor errors, or both';
  if (rendered.length !== diagnostics.length) return 'a diagnostic without its text';
  const lines = text.split('\n').length;
  const outside = diagnostics.find(({ line, column }) => line < 1 || line > lines || column < 1);
  return outside ? `a place outside the text: ${outside.line}:${outside.column}` : null;
}

/** The value with its n-th part, counted over all depths, replaced. */
function replacePart(value: Json, n: number, by: Json): Json {
  const places: (() => void)[] = [];
  const copy = structuredClone(value);
  const collect = (part: Json): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const key of Object.keys(part)) {
      const holder = part as JsonObject;
      places.push(() => (holder[key] = by));
      collect(holder[key] ?? null);
    }
  };
  collect(copy);
  places[n % places.length]?.();
  return copy;
}
