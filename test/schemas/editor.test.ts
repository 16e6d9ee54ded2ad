import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kindNames, kindOf } from '../../schemas/index.ts';
import { readMistakes } from '../compile/rig.ts';
import { startLanguageServer } from './language-server.ts';
import type { LanguageServer } from './language-server.ts';

const home = fileURLToPath(new URL('../../', import.meta.url));
const pipeline = join(home, 'pipelines', 'edited.yaml');
const head = '# yaml-language-server: $schema=../schemas/pipeline.schema.json\ncodepmp: 1\nname: edited\n';

let server: LanguageServer;
beforeAll(async () => {
  server = await startLanguageServer();
});
afterAll(() => server.stop());

/** Labels offered at the `|` of a pipeline. */
async function offered(body: string): Promise<string[]> {
  const text = head + body;
  const items = await server.complete(pipeline, text.replace('|', ''), text.indexOf('|'));
  return items.map(({ label }) => label);
}

/** What hovering over the first character of `word` in a pipeline shows. */
async function hovered(body: string, word: string): Promise<string> {
  const text = head + body;
  return server.hover(pipeline, text, text.indexOf(word, head.length));
}

/** What is underlined, as `line: text: message`. */
async function underlined(file: string, text: string): Promise<string[]> {
  const found = await server.problems(file, text);
  return found.map(({ message, range: { start, end } }) => {
    const line = text.split('\n')[start.line] ?? '';
    return `${start.line + 1}: ${line.slice(start.character, start.line === end.line ? end.character : undefined)}: ${message}`;
  });
}

describe('completion in a pipeline', () => {
  test.each(['steps:\n  a:\n    uses: |\n', 'steps:\n  a: {uses: |}\n'])('offers every kind after uses (%j)', async (body) => {
    expect(await offered(body)).toEqual(kindNames);
  });

  test.each(kindNames)('offers the keys of %s and of no other kind inside its with', async (kind) => {
    const { inputs, models, sources, settings } = kindOf(kind);
    const keys = [inputs, models, sources, settings.properties].flatMap((each) => Object.keys(each));
    const offers = await offered(`steps:\n  a:\n    uses: ${kind}\n    with:\n      |\n`);
    expect(offers.filter((label) => label !== 'with').sort()).toEqual(keys.sort());
  });

  test('offers the keys of a step', async () => {
    expect(await offered('steps:\n  a:\n    |\n')).toEqual(expect.arrayContaining(['uses', 'run']));
    expect(await offered('steps:\n  a:\n    uses: train/pmp\n    |\n')).toEqual(expect.arrayContaining(['with', 'run']));
  });

  test.each([
    'steps:\n  a:\n    uses: train/pmp\n    with:\n      schedule: {kind: |}\n',
    'steps:\n  a: {uses: train/pmp, with: {schedule: {kind: |}}}\n',
  ])('offers the two schedules after kind (%j)', async (body) => {
    expect(await offered(body)).toEqual(['wsd', 'wcd']);
  });

  test('offers the parts of a sweep', async () => {
    const parts = ['description', 'grid', 'zip', 'baseline', 'vary', 'exclude', 'include', 'seeds'];
    expect(await offered('sweeps:\n  x:\n    |\n')).toEqual(expect.arrayContaining(parts));
    const axis = await offered('sweeps:\n  x:\n    grid:\n      pairs: |\n');
    expect(axis.join()).not.toContain('[object Object]');
  });

  test('offers the parts of a claim, a model, a param and a budget', async () => {
    expect(await offered('claims:\n  - |\n')).toEqual(
      expect.arrayContaining(['id', 'metric', 'of', 'above', 'below', 'margin', 'confidence']),
    );
    expect(await offered('models:\n  m:\n    |\n')).toEqual(expect.arrayContaining(['endpoint', 'max_tokens', 'temperature']));
    expect(await offered('params:\n  p:\n    |\n')).toEqual(expect.arrayContaining(['type', 'enum', 'default']));
    expect(await offered('budget:\n  |\n')).toEqual(expect.arrayContaining(['calls', 'gpu_hours', 'money']));
  });
});

describe('completion in a file that extends another', () => {
  const start = 'extends: quickstart\n';

  test('offers the shipped pipelines', async () => {
    expect(await offered('extends: |\n')).toEqual(expect.arrayContaining(['quickstart', './base.yaml']));
  });

  test('offers the keys of a step, and those of its kind where it names one', async () => {
    const known = await offered(`${start}steps:\n  pmp:\n    uses: train/pmp\n    with:\n      |\n`);
    expect(known).toEqual(expect.arrayContaining(['batch_size', 'schedule']));
    expect(known).not.toContain('keep');
    expect(await offered(`${start}steps:\n  pmp:\n    |\n`)).toEqual(expect.arrayContaining(['uses', 'run']));
  });
});

describe('hovering over a key', () => {
  const step =
    'steps:\n  a:\n    uses: train/pmp\n    with:\n      base: b\n      pairs: p\n      batch_size: 8\n      schedule: {kind: wsd}\n';

  test('shows its description, type, range, default and example', async () => {
    const text = await hovered(step, 'batch_size');
    expect(text).toContain('Pairs in a step, over all processes.');
    expect(text).toContain('*integer, ≥ 1, default `1024`*');
    expect(text).toMatch(/Example:\s+```yaml\s+1024/);
  });

  test('shows the default of a group and what an input takes', async () => {
    expect(await hovered(step, 'schedule')).toContain('default `{kind: wsd, lr: 3e-6, warmup: 0.03, decay: 0.1, decay_shape: linear}`');
    expect(await hovered(step, 'pairs: p')).toContain('Takes pairs.');
  });

  test('shows what each kind does', async () => {
    const text = await hovered(step, 'uses');
    for (const kind of kindNames) expect(text).toContain(`* \`${kind}\`: ${kindOf(kind).description}`);
  });
});

describe('what is underlined', () => {
  test('a misspelt key, where it stands', async () => {
    const step = 'steps:\n  a:\n    uses: clip\n    with: {prompts: p, kep: 0.5}\n';
    const found = await underlined(pipeline, head + step);
    expect(found).toContain('7: kep: Property kep is not allowed.');
    expect(await underlined(pipeline, head + 'steps:\n  a: {uses: dataset/arithmetic}\nsweep: {}\n')).toEqual([
      '6: sweep: Property sweep is not allowed.',
    ]);
  });

  test('a value out of range, an unknown kind and a malformed name', async () => {
    expect(await underlined(pipeline, `${head}steps:\n  a: {uses: dataset/arithmetik}\n`)).toEqual([
      expect.stringMatching(/^5: dataset\/arithmetik: Value is not accepted/),
    ]);
    expect(await underlined(pipeline, `${head}steps:\n  a: {uses: dataset/arithmetic, with: {train: 0}}\n`)).toEqual([
      expect.stringMatching(/^5: 0: Value is below the minimum/),
    ]);
    const named = await underlined(pipeline, `${head}steps:\n  Big: {uses: dataset/arithmetic}\n`);
    expect(named.join()).toContain('Expected: a lower-case letter, then lower-case letters, digits, - and _.');
  });

  test('nothing in a file that changes, adds to and removes from another', async () => {
    const text = `# yaml-language-server: $schema=../schemas/pipeline.schema.json
codepmp: 1
extends: quickstart
params: {seed: 2, size: {type: integer, default: 100}}
models: {weak: {temperature: 0.7, top_p: null}}
steps:
  pmp: {with: {schedule: {kind: wcd}, seed: $seed}, run: {chunk: null}}
  code: {with: {take: null, characters: {min: 100}}}
  bon-base: null
  more: {uses: dataset/arithmetic, with: {train: $size}}
  report: {with: {metrics: [accuracy-pmp, accuracy-base]}}
sweeps: {repeated: {seeds: [1, 2]}, none: {grid: {seed: null}}}
claims: [{id: helps, confidence: 0.9}]
budget: null
targets: null
`;
    expect(await underlined(pipeline, text)).toEqual([]);
  });

  test('in a file that extends another, an unknown key and a value of the wrong type', async () => {
    const found = await underlined(
      pipeline,
      `${head}extends: quickstart\nmodels: {weak: {temprature: 1}}\nsteps:\n  pmp: {uses: train/pmp, with: {seed: many, sead: 1}}\n`,
    );
    expect(found.join('\n')).toContain('5: temprature: Property temprature is not allowed.');
    expect(found.join('\n')).toContain('7: sead: Property sead is not allowed.');
    expect(found.join('\n')).toMatch(/7: many: .*(integer|pattern|Expected)/);
  });

  test('every recorded mistake that the schema knows of', async () => {
    const known = readMistakes().filter(({ answer }) => /error\[E011\d\]/.test(readFileSync(answer, 'utf8')));
    const found = await Promise.all(
      known.map(async ({ name, source }) => {
        const text = `${head.split('\n')[0]}\n${readFileSync(source, 'utf8')}`;
        return [name, await underlined(join(home, 'pipelines', `${name}.yaml`), text)] as const;
      }),
    );
    expect(found.length).toBeGreaterThan(20);
    const nothingToUnderline = ['empty-file', 'misspelt-licences-and-languages'];
    expect(found.filter(([, lines]) => lines.length === 0).map(([file]) => file)).toEqual(nothingToUnderline);
  });

  const shipped = readdirSync(join(home, 'pipelines')).filter((file) => file.endsWith('.yaml'));
  test.each(shipped)('nothing in %s, which names its schema', async (file) => {
    const path = join(home, 'pipelines', file);
    const text = readFileSync(path, 'utf8');
    expect(await underlined(path, text)).toEqual([]);
    expect(await underlined(path, `${text}\nunknown_key: 1\n`)).toEqual([expect.stringContaining('Property unknown_key is not allowed.')]);
  });
});

describe('the starters', () => {
  const folder = join(tmpdir(), 'somebody');
  const starter = (name: string) =>
    readFileSync(join(home, 'cli', 'starters', name), 'utf8').replaceAll('SCHEMAS', join(home, 'schemas'));

  test.each(['pipeline.yaml', 'codepmp.config.yaml'])('%s has nothing underlined and finds its schema', async (name) => {
    const text = starter(name);
    expect(await underlined(join(folder, name), text)).toEqual([]);
    expect((await underlined(join(folder, name), `${text}\nunknown_key: 1\n`)).join()).toContain('unknown_key is not allowed');
  });

  test('the configuration has completion and hover texts too', async () => {
    const file = join(folder, 'codepmp.config.yaml');
    const text = `${starter('codepmp.config.yaml')}\nendpoints:\n  mine:\n    `;
    const labels = (await server.complete(file, text, text.length)).map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['url', 'serve', 'model', 'key', 'concurrency']));
    const empty = starter('codepmp.config.yaml').split('\n')[0] + '\ncodepmp_config: 1\n';
    const parts = await server.complete(file, empty, empty.length);
    expect(parts.map((item) => item.label)).toEqual(
      expect.arrayContaining(['store', 'temporal', 'endpoints', 'weights', 'sources', 'pools']),
    );
    const written = `${text}concurrency: 4\n`;
    const hover = await server.hover(file, written, written.indexOf('concurrency', text.length - 5));
    expect(hover).toContain('Requests in flight at most, of all workers together.');
    expect(hover).toContain('default `8`');
  });
});
