import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinPairs, renderPrompt, syntaxReader } from '../../../items/index.ts';
import type { PromptItem, SideItem } from '../../../items/index.ts';

const read = await syntaxReader(['Python', 'C', 'Jupyter Notebook', 'Java', 'Go', 'TypeScript', 'Rust', 'JavaScript']);
const settings = { length_ratio: { min: 0, max: null }, by_tests: false };
const prompt: PromptItem = { origin: 'a', ordinal: 0, status: 'ok', prompt: 'Adds two numbers.', tokens: 5, language: 'Python' };
const chosen: SideItem = { origin: 'a', ordinal: 0, status: 'ok', text: 'Sure:\n```\nx = 1\n```', code: 'x = 1', tag: '', tokens: 9 };
const rejected: SideItem = { origin: 'a', ordinal: 0, status: 'ok', code: 'y = 2', tag: null, tokens: 7 };

const places = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'ab', 'a/0'), fc.integer({ min: 0, max: 2 })), {
  selector: ([origin, ordinal]) => `${origin} ${ordinal}`,
});

/** Rows of one side at some places in any order, each marked with its place. */
function rowsOf(side: string) {
  return places.map((each) =>
    each.map(([origin, ordinal]) => ({
      origin,
      ordinal,
      status: 'ok',
      prompt: `${origin} ${ordinal}`,
      code: `${side} ${origin} ${ordinal}`,
    })),
  );
}

/** An answer that passed this share of its tests; without one it did not run. */
function ran(item: SideItem, share: number | undefined): SideItem {
  return share === undefined ? item : { ...item, tests_passed: share };
}

/** Code of other languages than Python, in blocks without a tag. */
const script = 'function add(a, b) {\n  return a + b;\n}';
const typed: SideItem = { ...chosen, code: 'const add = (a: number, b: number): number => a + b;' };
const go: SideItem = { ...chosen, code: 'func add(a int, b int) int {\n\treturn a + b\n}' };

describe('joining pairs', () => {
  it('never mixes items, whatever is missing and however the rows are ordered', () => {
    fc.assert(
      fc.property(rowsOf('p'), rowsOf('c'), rowsOf('r'), (prompts, ours, theirs) => {
        const joined = joinPairs({ prompts, chosen: ours, rejected: theirs, read }, settings);
        expect(joined.map((each) => each.prompt)).toEqual(prompts);
        for (const { prompt: shown, status, pair } of joined) {
          const place = `${shown.origin} ${shown.ordinal}`;
          const has = (rows: SideItem[]) => rows.some(({ code }) => code?.endsWith(` ${place}`));
          expect(status).toBe(!has(ours) ? 'chosen-missing' : !has(theirs) ? 'rejected-missing' : 'ok');
          if (status === 'ok')
            expect(pair).toMatchObject({ prompt: renderPrompt(place), chosen: `c ${place}`, rejected: `r ${place}` });
          else expect(pair).toBeUndefined();
        }
      }),
    );
  });

  it('shows the named prompt and the code of both answers', () => {
    expect(joinPairs({ prompts: [prompt], chosen: [chosen], rejected: [rejected], read }, settings)).toEqual([
      {
        prompt,
        status: 'ok',
        pair: {
          origin: 'a',
          ordinal: 0,
          prompt: '### Code description:\nAdds two numbers.\n\n### Response:\n',
          chosen: 'x = 1',
          rejected: 'y = 2',
          prompt_tokens: 5,
          chosen_tokens: 9,
          rejected_tokens: 7,
          chosen_comments: 0,
          rejected_comments: 0,
          chosen_fenced: true,
          rejected_fenced: false,
        },
      },
    ]);
  });

  it('takes a source file as a side, tidied like an answer', () => {
    const file: SideItem = { origin: 'a', ordinal: 0, text: '\nx = 1  \r\n\r\n' };
    expect(joinPairs({ prompts: [prompt], chosen: [file], rejected: [rejected], read }, settings)[0]?.pair).toMatchObject({
      chosen: 'x = 1',
      chosen_tokens: null,
      chosen_fenced: null,
    });
  });

  it.each([
    ['no-prompt', { prompts: [{ ...prompt, status: 'truncated' }] }],
    ['chosen-truncated', { chosen: [{ ...chosen, status: 'truncated', code: undefined }] }],
    ['chosen-refused', { chosen: [{ ...chosen, status: 'refused', code: undefined }] }],
    ['chosen-empty', { chosen: [{ ...chosen, code: '' }] }],
    ['rejected-no-code', { rejected: [{ ...rejected, status: 'no-code' }] }],
    ['chosen-missing', { chosen: [] }],
    ['chosen-other-language', { chosen: [{ ...chosen, tag: 'bash' }] }],
    ['rejected-other-language', { rejected: [{ ...rejected, tag: 'js' }] }],
    ['rejected-other-language', { rejected: [{ ...rejected, code: script }] }],
    ['chosen-other-language', { chosen: [{ ...chosen, code: script }] }],
    ['rejected-other-language', { prompts: [{ ...prompt, language: 'Go' }], chosen: [go], rejected: [{ ...rejected, code: 'def add(a, b):\n    return a + b' }] }],
    ['chosen-broken', { chosen: [{ ...chosen, code: 'def f(:' }] }],
    ['equal', { rejected: [{ ...rejected, code: '"""One."""\nx = 1  # one' }] }],
    ['equal', { rejected: [{ ...rejected, code: 'x  =  1\n' }] }],
    ['near-equal', { chosen: [{ ...chosen, code: long('a') }], rejected: [{ ...rejected, code: long('b') }] }],
    ['length-ratio', { chosen: [{ ...chosen, code: 'x = 1 + 2 + 3' }] }],
  ])('says %s where that is why there is no pair', (status, change) => {
    const items = { prompts: [prompt], chosen: [chosen], rejected: [rejected], read, ...change } as Parameters<typeof joinPairs>[0];
    const joined = joinPairs(items, { ...settings, length_ratio: { min: 0.5, max: 2 } });
    expect(joined).toEqual([{ prompt: items.prompts[0], status }]);
  });

  it.each([
    ['whose code is broken on both sides', { chosen: [{ ...chosen, code: 'def f(:' }], rejected: [{ ...rejected, code: 'def g(:' }] }],
    ['whose rejected code is broken', { rejected: [{ ...rejected, code: 'y = (' }] }],
    ['of a few words that other languages have as well', { rejected: [{ ...rejected, code: 'import java' }] }],
    ['whose tag says that it is the right language', { rejected: [{ ...rejected, tag: 'py', code: script }] }],
    ['of TypeScript, where JavaScript was asked for', { prompts: [{ ...prompt, language: 'JavaScript' }], chosen: [{ ...chosen, code: script }], rejected: [typed] }],
    ['tagged with a dialect', { prompts: [{ ...prompt, language: 'C' }], chosen: [{ ...chosen, tag: 'cpp' }] }],
    ['tagged with no language', { chosen: [{ ...chosen, tag: 'solution' }] }],
    ['of a notebook', { prompts: [{ ...prompt, language: 'Jupyter Notebook' }], chosen: [{ ...chosen, tag: 'python' }] }],
    ['of comments alone that differ', { chosen: [{ ...chosen, code: '# one' }], rejected: [{ ...rejected, code: '# two' }] }],
  ])('makes a pair of answers %s', (_, change) => {
    const items = { prompts: [prompt], chosen: [chosen], rejected: [rejected], read, ...change };
    expect(joinPairs(items, settings)[0]?.status).toBe('ok');
  });

  it.each([
    ['chosen-not-run', undefined, 1],
    ['rejected-not-run', 0, undefined],
    ['equal-tests', 0.5, 0.5],
  ])('says %s where tests are to decide and cannot', (status, ours, theirs) => {
    const items = { prompts: [prompt], chosen: [ran(chosen, ours)], rejected: [ran(rejected, theirs)], read };
    expect(joinPairs(items, { ...settings, by_tests: true })).toEqual([{ prompt, status }]);
  });

  it.each([
    [1, 0.5, 'x = 1', undefined],
    [0, 0.25, 'y = 2', true],
  ])('prefers the answer that passes more tests: of %s and %s', (ours, theirs, better, swapped) => {
    const items = { prompts: [prompt], chosen: [ran(chosen, ours)], rejected: [ran(rejected, theirs)], read };
    const [joined] = joinPairs(items, { ...settings, by_tests: true });
    expect([joined?.status, joined?.pair?.chosen, joined?.swapped]).toEqual(['ok', better, swapped]);
    expect(joinPairs(items, settings)[0]?.pair?.chosen).toBe('x = 1');
  });

  it('counts the characters of comments where the language has a grammar', () => {
    const commented = { ...chosen, code: '# one\nx = "# 1"  # two' };
    const joined = joinPairs({ prompts: [prompt], chosen: [commented], rejected: [rejected], read }, settings);
    expect(joined[0]?.pair).toMatchObject({ chosen_comments: 10, rejected_comments: 0 });
    const cobol = joinPairs({ prompts: [{ ...prompt, language: 'COBOL' }], chosen: [commented], rejected: [rejected], read }, settings);
    expect(cobol[0]?.pair).toMatchObject({ chosen_comments: null, rejected_comments: null });
  });

  it('never takes the text of an unusable answer for its code', () => {
    const { code: _, ...prose } = { ...chosen, status: 'ok' };
    expect(joinPairs({ prompts: [prompt], chosen: [prose], rejected: [rejected], read }, settings)[0]?.status).toBe('chosen-empty');
  });

  it('throws where a list names a place twice', () => {
    expect(() => joinPairs({ prompts: [prompt], chosen: [chosen, chosen], rejected: [], read }, settings)).toThrow(
      'two chosen answers have the origin a and the ordinal 0',
    );
  });
});

/** Long code whose last word differs. */
function long(last: string): string {
  return `${Array.from({ length: 300 }, (_, at) => `x${at} = ${at}`).join('\n')}\n${last}`;
}
