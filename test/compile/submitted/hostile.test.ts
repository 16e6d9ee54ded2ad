import { describe, expect, test, vi } from 'vitest';
import { hostileCorpus } from '../../../bench/hostile.ts';
import type { HostileInput } from '../../../bench/hostile.ts';
import { compile, createGuardedCompile, isError } from '../../../compile/index.ts';
import type { Compiled } from '../../../compile/index.ts';
import { planHash } from '../../../plan/keys.ts';
import { compileText, config, planOf, quickstart } from '../rig.ts';

vi.setConfig({ testTimeout: 600_000 });

const head = 'codepmp: 1\nname: t\nsteps:\n  data: {uses: dataset/arithmetic}\n';
const corpus = hostileCorpus();

function answerTo({ source, files }: Pick<HostileInput, 'source' | 'files'>): Compiled {
  return compile({ source, file: 'pipeline.yaml', files, config });
}

describe('a hostile file gets its one answer', () => {
  test.each(corpus)('$name', ({ source, files, code }) => {
    const { plan, diagnostics, rendered } = answerTo({ source, files });
    expect(diagnostics.map((each) => each.code).slice(0, 100)).toEqual(code === null ? [] : expect.arrayContaining([code]));
    expect(plan === undefined).toBe(diagnostics.some(isError));
    expect(diagnostics.length).toBeLessThanOrEqual(100);
    for (const text of rendered) expect(text.length).toBeLessThan(4_000);
    expect(rendered.join('')).not.toContain(String.fromCharCode(27));
  });

  test('and there are many of them, each with its own name', () => {
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
    expect(corpus.length).toBeGreaterThanOrEqual(40);
  });
});

test('one process answers all hostile files, one after the other, as it would be answered here', async () => {
  const guarded = createGuardedCompile();
  try {
    const answers = await Promise.all(corpus.map(({ source, files }) => guarded.compile({ source, file: 'pipeline.yaml', files, config })));
    const codes = answers.map(({ diagnostics }) => diagnostics.map(({ code }) => code));
    expect(codes).toEqual(corpus.map((input) => answerTo(input).diagnostics.map(({ code }) => code)));
  } finally {
    guarded.close();
  }
});

test('a byte order mark and Windows line ends change nothing: plan, key and hash are the same', () => {
  const plan = planOf(quickstart);
  const windows = `\uFEFF${quickstart.replaceAll('\n', '\r\n')}`;
  expect(planOf(windows)).toEqual(plan);
  expect(planHash(planOf(windows))).toBe(planHash(plan));
});

test('diagnostics of a file with Windows line ends have the places and frames of the same file without', () => {
  const wrong = quickstart.replace('keep: 0.5', 'kep: 0.5').replace('seed: $seed', 'seed: $sed');
  expect(compileText(wrong.replaceAll('\n', '\r\n'))).toEqual(compileText(wrong));
});

test('nesting up to the limit is read', () => {
  const codes = compileText(`${head}x: ${'['.repeat(63)}${']'.repeat(63)}\n`).diagnostics.map(({ code }) => code);
  expect(codes).toEqual(['E0110']);
});

test('a prototype in a file does not reach any object', () => {
  compileText(`${head}  __proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}\n`);
  expect(({} as { polluted?: true }).polluted).toBeUndefined();
});

test('names of methods are names like any other where a name is free', () => {
  const { plan } = compileText(
    'codepmp: 1\nname: valueof\nparams: {tostring: {type: integer, default: 3}}\nsteps:\n  hasownproperty: {uses: dataset/arithmetic, with: {seed: $tostring}}\ntargets: [hasownproperty]\n',
  );
  expect(plan?.nodes.map(({ step }) => step)).toEqual(['hasownproperty']);
});

test('the number of problems is cut, and the rest is counted', () => {
  const { diagnostics } = compileText(`${head}${Array.from({ length: 300 }, (_, key) => `k${key}: 1\n`).join('')}`);
  expect(diagnostics).toHaveLength(100);
  expect(diagnostics.at(-1)?.message).toBe('201 more problems are not shown');
});

test('a text that turns the reading direction is made visible in the frame', () => {
  const [text] = compileText(`${head}x\u202ey: 1\n`).rendered;
  expect(text).not.toContain('\u202e');
});

test('a frame stands in the right column below wide characters and marks over letters', () => {
  const [text = ''] = compileText('codepmp: 1\nname: t\nsteps: {"数据": 1, "e\u0301": 2}\n').rendered;
  const [, , , , shown = '', marks = ''] = text.split('\n');
  expect(shown).toContain('数据');
  expect(marks).toMatch(/^ {2}\| {9}\^{6}/);
});

test('a character of another encoding in a text is shown where it stands', () => {
  const latin1 = Uint8Array.from([...`${head}# f\u00fcr\n`].map((character) => character.codePointAt(0) ?? 0));
  expect(compileText(latin1).rendered).toEqual([
    'pipeline.yaml:5:4: error[E0102]: the file is not UTF-8 text (first seen on line 5)\n  |\n3 | steps:\n4 |   data: {uses: dataset/arithmetic}\n5 | # f\uFFFDr\n  |    ^ expected UTF-8\n  = hint:     save it as UTF-8',
  ]);
});
