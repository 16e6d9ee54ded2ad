import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipText, draw, generationKey, isWanted, languageOf, requestOf } from '../../items/index.ts';
import { hashOf } from '../../plan/keys.ts';
import type { ModelInput, ModelUse } from '../../plan/index.ts';

const shares = fc.double({ min: 0.01, max: 1, noNaN: true });
const units = fc.constantFrom('words' as const, 'characters' as const);

describe('clipping', () => {
  it('keeps the first words, rounded up, with the space between them', () => {
    expect(clipText('Reads  a file and\nreturns it.', { keep: 0.5, unit: 'words' })).toBe('Reads  a file');
    expect(clipText('one two three', { keep: 0.5, unit: 'words' })).toBe('one two');
    expect(clipText('one', { keep: 0.01, unit: 'words' })).toBe('one');
  });

  it('counts characters as people do and never cuts one in two', () => {
    expect(clipText('a😀b😀', { keep: 0.5, unit: 'characters' })).toBe('a😀');
  });

  it('removes the start or a span where the step says so', () => {
    const text = 'Reads  a file and\nreturns it.';
    expect(clipText(text, { keep: 0.5, unit: 'words', removes: 'start' })).toBe('and\nreturns it.');
    expect(clipText('a😀b😀', { keep: 0.5, unit: 'characters', removes: 'start' })).toBe('b😀');
    expect(clipText('one two three four five', { keep: 0.8, unit: 'words', removes: 'span' })).toBe('one three four five');
  });

  it('removes a span of its share anywhere in the text, at the same place each time', () => {
    const words = Array.from({ length: 10 }, (_, at) => `w${at}`);
    const gone = Array.from({ length: 300 }, (_, number) => {
      const text = [...words, `n${number}`].join(' ');
      const clipped = clipText(text, { keep: 0.9, unit: 'words', removes: 'span' });
      expect(clipText(text, { keep: 0.9, unit: 'words', removes: 'span' })).toBe(clipped);
      const left = clipped.split(' ');
      expect(left).toHaveLength(10);
      return text.split(' ').findIndex((word) => !left.includes(word));
    });
    expect(new Set(gone).size).toBe(11);
  });

  it('removes as much wherever it is, and joins what stays as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^\S+$/), { minLength: 1 }), shares, (words, keep) => {
        const kept = Math.ceil(words.length * keep);
        const clipped = clipText(words.join(' '), { keep, unit: 'words', removes: 'span' }).split(' ');
        const splits = Array.from({ length: kept + 1 }, (_, at) => [...words.slice(0, at), ...words.slice(words.length - kept + at)]);
        expect(splits).toContainEqual(clipped);
        expect(clipText(words.join(' '), { keep, unit: 'words', removes: 'start' })).toBe(words.slice(words.length - kept).join(' '));
      }),
    );
  });

  it('gives a head of the text, the same each time, and no shorter one for a larger share', () => {
    fc.assert(
      fc.property(fc.string(), shares, shares, units, (text, a, b, unit) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((keep) => clipText(text, { keep, unit }));
        expect(text.startsWith(more ?? '')).toBe(true);
        expect(more?.startsWith(less ?? '')).toBe(true);
        expect(clipText(text, { keep: Math.min(a, b), unit })).toBe(less);
      }),
    );
  });

  it('keeps all words where all are asked for, also a second time', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^\S+$/), { minLength: 1 }), shares, (words, keep) => {
        const once = clipText(words.join(' '), { keep, unit: 'words' });
        expect(once.split(' ')).toHaveLength(Math.ceil(words.length * keep));
        expect(clipText(once, { keep: 1, unit: 'words' })).toBe(once);
      }),
    );
  });
});

describe('choosing files', () => {
  it.each([
    ['a/b.py', ['**/*.py'], [], true],
    ['b.py', ['**/*.py'], [], true],
    ['a/b.py', ['*.py'], [], false],
    ['a/b.pyc', ['**/*.py'], [], false],
    ['x/tests/a.py', ['**/*.py'], ['**/tests/**'], false],
    ['a1.py', ['a?.py'], [], true],
  ])('of %s with %j without %j: %s', (path, include, exclude, wanted) => {
    expect(isWanted(path, { include, exclude })).toBe(wanted);
  });

  it('draws a part of what a larger draw gives, whatever the order and whatever else is there', () => {
    const paths = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 2 });
    fc.assert(
      fc.property(paths, fc.nat(), fc.nat({ max: 9 }), (names, seed, size) => {
        const files = names.map((path) => ({ path }));
        const small = draw(files, { take: size + 1, seed });
        const large = draw([...files].reverse(), { take: size + 2, seed });
        expect(large.slice(0, small.length)).toEqual(small);
        const fewer = draw(files.slice(1), { take: size + 1, seed });
        expect(fewer.filter((file) => !small.includes(file)).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('draws differently by another seed, and all where nothing is said', () => {
    const files = Array.from({ length: 40 }, (_, at) => ({ path: `f${at}` }));
    expect(draw(files, { take: 10, seed: 1 })).not.toEqual(draw(files, { take: 10, seed: 2 }));
    expect(draw(files, { take: null, seed: 1 })).toEqual(files);
  });

  it.each([
    ['a/b.py', 'Python'],
    ['a/B.PY', 'Python'],
    ['a.pyi', 'Python'],
    ['a.ipynb', 'Jupyter Notebook'],
    ['a.tsx', 'TSX'],
    ['a.jsx', 'JavaScript'],
    ['a.mjs', 'JavaScript'],
    ['a.cxx', 'C++'],
    ['a.html', 'HTML'],
    ['a.css', 'CSS'],
    ['a.dart', 'Dart'],
    ['a.hs', 'Haskell'],
    ['a.pl', 'Perl'],
    ['a.jl', 'Julia'],
    ['a.vue', 'Vue'],
    ['a/Makefile', 'Makefile'],
    ['a/Dockerfile', 'Dockerfile'],
    ['CMakeLists.txt', 'CMake'],
    ['notes.txt', 'Text'],
    ['a.constructor', 'Text'],
    ['constructor', 'Text'],
    ['a.b/LICENSE', 'Text'],
  ])('knows the language of %s', (path, language) => {
    expect(languageOf(path)).toBe(language);
  });
});

describe('a request to a model', () => {
  const model: ModelUse = {
    name: 'strong',
    endpoint: 'here',
    identity: 'sha256:1',
    sampling: { temperature: 0.5, top_p: 1, top_k: 0, min_p: 0, max_tokens: 64 },
    accept: ['stop'],
    stop: [],
  };
  const input = { messages: [{ role: 'user' as const, content: 'Hello' }] };
  const place = { key: generationKey(model, 'a'), origin: 'f'.repeat(64), ordinal: 0 };

  it('shares answers between names, endpoints and lists of accepted reasons, and with nothing else', () => {
    expect(generationKey({ ...model, name: 'weak', endpoint: 'there', accept: ['length'] }, 'a')).toBe(place.key);
    const others = [
      { ...model, identity: 'sha256:2' },
      { ...model, stop: ['x'] },
      { ...model, sampling: { ...model.sampling, top_p: 0.9 } },
    ];
    const keys = [place.key, generationKey(model, 'b'), ...others.map((other) => generationKey(other, 'a'))];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has its own name and seed for every place and sample, the same each time', () => {
    const made = [
      {},
      { ordinal: 1 },
      { sample: 1 },
      { origin: 'e'.repeat(64) },
      { input: { messages: [{ role: 'user' as const, content: 'Hi' }] } },
      { input: { prompt: 'Hello' } },
    ].map((change) => requestOf({ ...place, input, ...change }));
    expect(new Set(made.map(({ request }) => request)).size).toBe(made.length);
    expect(new Set(made.map(({ seed }) => seed)).size).toBe(made.length);
    expect(requestOf({ ...place, input })).toEqual(made[0]);
    expect(made.every(({ seed }) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)).toBe(true);
  });

  it.each<[string, ModelInput]>([
    ['messages', { messages: [{ role: 'user', content: 'Hi' }] }],
    ['a prompt', { prompt: 'Hello' }],
  ])('is named by the hash of canonical JSON: %s', (_, sent) => {
    const { request, seed } = requestOf({ ...place, input: sent });
    expect(request).toBe(hashOf({ origin: place.origin, ordinal: place.ordinal, sample: 0, ...sent }));
    expect(seed).toBe(Number.parseInt(hashOf({ key: place.key, request }).slice(0, 8), 16) & 0x7fffffff);
  });

  it('is named alike under two generation keys, but has another seed', () => {
    const other = requestOf({ ...place, key: generationKey(model, 'b'), input });
    const own = requestOf({ ...place, input });
    expect(other.request).toBe(own.request);
    expect(other.seed).not.toBe(own.seed);
  });
});
