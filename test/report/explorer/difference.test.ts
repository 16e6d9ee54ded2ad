import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../../report/explorer/difference.ts';
import type { TextStretch } from '../../../report/explorer/difference.ts';

/** A side with what only it has in brackets. */
const marked = (side: TextStretch[] | undefined): string | undefined => side?.map(({ text, own }) => (own ? `[${text}]` : text)).join('');

describe('the difference of two texts', () => {
  it('is by words where as many lines stand against each other', () => {
    const difference = differenceOf('total = 28 * 3\nprint(total)\n', 'total = 28 + 3\nprint(total)\n');
    expect(marked(difference?.left)).toBe('total = 28 [*] 3\nprint(total)\n');
    expect(marked(difference?.right)).toBe('total = 28 [+] 3\nprint(total)\n');
  });

  it('is by lines where one side has more of them, or where two lines share little', () => {
    const more = differenceOf('a = 1\nb = 2\nprint(a)\n', 'a = 1\nprint(a)\n');
    expect([marked(more?.left), marked(more?.right)]).toEqual(['a = 1\n[b = 2\n]print(a)\n', 'a = 1\nprint(a)\n']);
    const other = differenceOf('import os\nread(path)\n', 'import os\nwhile True: wait()\n');
    expect([marked(other?.left), marked(other?.right)]).toEqual(['import os\n[read(path)\n]', 'import os\n[while True: wait()\n]']);
  });

  it('is none where the texts share less than a tenth', () => {
    expect(differenceOf('def read(path):\n    return open(path)\n', 'class Node:\n    value = None\n')).toBeNull();
  });

  it('is found at once, or given up, for long texts that differ throughout', () => {
    const lines = (word: string): string => Array.from({ length: 20_000 }, (_, n) => `${word} ${n}\n`).join('');
    const begun = performance.now();
    expect(differenceOf(lines('one'), lines('two'))).toBeNull();
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('loses nothing of either text', () => {
    const text = fc.array(fc.constantFrom('a b', 'c', '\n', ' ', 'é😀', 'x = 1\n', '\r\n'), { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const difference = differenceOf(`same same same\n${one}`, `same same same\n${other}`);
        const whole = (side: TextStretch[] | undefined): string => (side ?? []).map((stretch) => stretch.text).join('');
        if (difference) expect([whole(difference.left), whole(difference.right)]).toEqual([`same same same\n${one}`, `same same same\n${other}`]);
      }),
    );
  });
});
