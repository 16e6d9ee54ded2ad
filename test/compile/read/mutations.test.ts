import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { CST, Lexer, parse, stringify } from 'yaml';
import { isError } from '../../../compile/index.ts';
import type { Json, JsonObject } from '../../../plan/index.ts';
import { language } from './generated-language.ts';
import { compileText, quickstart } from '../rig.ts';

vi.setConfig({ testTimeout: 120_000 });

const options = { numRuns: 150 };

/** Everything that stands around the steps. */
const sweeping = `codepmp: 1
name: sweeping
params:
  seed: {type: integer, default: 1}
  pairs: {type: integer, default: 300, minimum: 1}
  scheduler: {enum: [wsd, wcd], default: wsd}
  init: {type: checkpoint, default: pmp}
  base: {type: checkpoint, default: smollm2-135m-instruct}
  train: {type: step, default: math.train}
  test: {type: step, default: math.test}
steps:
  math: {uses: dataset/arithmetic, with: {train: $pairs}}
  other: {uses: dataset/arithmetic, with: {seed: 2}}
  pmp: {uses: train/pmp, with: {base: $base, pairs: other.train}}
  rm: {uses: train/rm, with: {init: $init, pairs: $train, schedule: {kind: $scheduler}, seed: $seed}, run: {pool: local}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: $test}}
  report: {uses: report, with: {metrics: [accuracy]}}
alternatives:
  task: {math: {train: math.train, test: math.test}, other: {train: math.test, test: other.test}}
sweeps:
  sizes: {grid: {init: [pmp, $base], pairs: {geometric: {from: 50, to: 400, ratio: sqrt2}}}, seeds: [1, 2]}
  tasks: {zip: {task: [math, other], scheduler: [wsd, wcd]}}
  factors:
    baseline: {scheduler: wsd}
    vary: {scheduler: [wcd], pairs: [10, 20]}
    exclude: [{pairs: 10}]
    include: [{pairs: 30}]
claims:
  - {id: helps, sweep: sizes, metric: {step: accuracy, name: accuracy}, of: {init: pmp, pairs: 50}, above: {init: $base, pairs: 400}, confidence: 0.9}
  - {id: learns, metric: {step: accuracy, name: accuracy}, of: {}, above: 0.5, margin: 0.01}
targets: [other]
budget: {calls: 1000, gpu_hours: 1, money: 5}
`;

const valid = [quickstart, sweeping];

test('the files that are mutated here are right', () => {
  for (const text of valid) expect(compileText(text).diagnostics.filter(isError)).toEqual([]);
});

test('bytes changed, removed and added anywhere end in a plan or in diagnostics', () => {
  const edits = fc.array(fc.record({ at: fc.nat(), cut: fc.nat(4), put: fc.uint8Array({ maxLength: 4 }) }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(...valid), edits, (text, changes) => {
      let bytes = [...new TextEncoder().encode(text)];
      for (const { at, cut, put } of changes) {
        const place = at % bytes.length;
        bytes = [...bytes.slice(0, place), ...put, ...bytes.slice(place + cut)];
      }
      expect(wrongWith(Uint8Array.from(bytes))).toBeNull();
    }),
    options,
  );
});

test('tokens dropped, doubled, swapped and taken from elsewhere end in a plan or in diagnostics', () => {
  const edits = fc.array(
    fc.record({ how: fc.constantFrom('drop', 'double', 'swap', 'replace', 'insert'), at: fc.nat(), from: fc.nat() }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...valid), edits, (text, changes) => {
      const tokens = [...new Lexer().lex(text)].filter((token) => !marks.has(token));
      for (const { how, at, from } of changes) {
        const [to, other] = [at % tokens.length, from % tokens.length];
        const [token = '', taken = ''] = [tokens[to], tokens[other]];
        if (how === 'drop') tokens.splice(to, 1);
        else if (how === 'double') tokens.splice(to, 0, token);
        else if (how === 'insert') tokens.splice(to, 0, taken);
        else if (how === 'replace') tokens[to] = taken;
        else [tokens[to], tokens[other]] = [taken, token];
      }
      expect(wrongWith(tokens.join(''))).toBeNull();
    }),
    options,
  );
});

/** What the lexer puts between tokens and is no text. */
const marks = new Set<string>([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

test('keys dropped, doubled, renamed, swapped and retyped end in a plan or in diagnostics', () => {
  const edit = fc.record({
    how: fc.constantFrom(...changes),
    at: fc.nat(),
    name: fc.oneof(fc.constantFrom(...names), fc.string()),
    value: fc.oneof(fc.constantFrom(...values), fc.jsonValue({ maxDepth: 2 })),
  });
  fc.assert(
    fc.property(
      fc.oneof(language, fc.constant(parse(sweeping) as JsonObject)),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (spec, edits) => {
        const mutated = edits.reduce<Json>(
          (value, { how, at, name, value: put }) => changed(value, { how, at, name, value: put as Json }),
          spec,
        );
        const text = stringify(mutated, { aliasDuplicateObjects: false });
        expect(wrongWith(text)).toBeNull();
        const doubled = text.split('\n');
        const at = (edits[0]?.at ?? 0) % doubled.length;
        expect(wrongWith([...doubled.slice(0, at), doubled[at], ...doubled.slice(at)].join('\n'))).toBeNull();
      },
    ),
    options,
  );
});

const changes = ['drop', 'rename', 'swap', 'retype', 'move'] as const;

const names = [
  '__proto__',
  'constructor',
  'toString',
  '<<',
  '',
  'steps',
  'with',
  'uses',
  'sweeps',
  'grid',
  'seeds',
  'extends',
  'claims',
  '$seed',
  'a.b',
  '0',
];

const values = [
  null,
  0,
  -1,
  1.5,
  1e308,
  '',
  '$seed',
  '$',
  'pairs',
  'data.train',
  true,
  [],
  {},
  [[]],
  { '': 0 },
  ['$a'],
  '\u0000',
  '\ud800',
];

interface Change {
  how: (typeof changes)[number];
  at: number;
  name: string;
  value: Json;
}

/** The value with one key of some mapping in it changed. */
function changed(value: Json, { how, at, name, value: put }: Change): Json {
  const copy = structuredClone(value);
  const places: { holder: JsonObject; key: string }[] = [];
  const collect = (part: Json): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const key of Object.keys(part)) {
      places.push({ holder: part as JsonObject, key });
      collect((part as JsonObject)[key] ?? null);
    }
  };
  collect(copy);
  const place = places[at % Math.max(1, places.length)];
  const other = places[(at * 7 + 3) % Math.max(1, places.length)];
  if (!place || !other) return put;
  const { holder, key } = place;
  const before = holder[key] ?? null;
  if (how === 'drop') delete holder[key];
  else if (how === 'retype') define(holder, key, put);
  else if (how === 'swap') {
    define(holder, key, structuredClone(other.holder[other.key] ?? null));
    define(other.holder, other.key, before);
  } else {
    if (how === 'rename') delete holder[key];
    define(how === 'rename' ? holder : other.holder, name, structuredClone(before));
  }
  return isTree(copy) ? copy : put;
}

/** Also where the key is `__proto__`. What is no key of YAML either, the length of a list, stays. */
function define(holder: JsonObject, key: string, value: Json): void {
  if (Array.isArray(holder) && key === 'length') return;
  Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
}

/** A value that does not hold itself. */
function isTree(value: Json): boolean {
  try {
    return JSON.stringify(value).length < 200_000;
  } catch {
    return false;
  }
}

/** What is wrong with an answer: it holds a plan or errors, and every diagnostic lies inside the text. */
function wrongWith(source: string | Uint8Array): string | null {
  const { plan, diagnostics, rendered } = compileText(source);
  if ((plan === undefined) !== diagnostics.some(isError)) return 'neither a plan nor errors, or both';
  if (rendered.length !== diagnostics.length) return 'a diagnostic without its text';
  const lines = (typeof source === 'string' ? source : new TextDecoder().decode(source)).split('\n');
  const places = diagnostics.flatMap((each) => [each, ...(each.related ?? [])]);
  const outside = places.find(
    ({ line, column }) => line < 1 || line > lines.length || column < 1 || column > (lines[line - 1]?.length ?? 0) + 2,
  );
  return outside ? `a place outside the text: ${outside.line}:${outside.column}` : null;
}
