import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractCode } from '../../../items/index.ts';

describe('extracting code', () => {
  it.each([
    ['a fenced block', 'Here it is:\n\n```python\ndef f():\n    return 1\n```\n\nIt returns 1.', 'def f():\n    return 1'],
    ['the first of two blocks', '```\na = 1\n```\nUse:\n```\nb = 2\n```', 'a = 1'],
    ['the first block that is not empty', '```\n\n```\n```py\nb = 2\n```', 'b = 2'],
    ['a block whose fence is never closed', 'Sure.\n```py\na = 1\nb = 2\n', 'a = 1\nb = 2'],
    ['a tilde block that holds a backtick fence', '~~~\n```\na = 1\n```\n~~~', '```\na = 1\n```'],
    ['a long fence that holds a shorter one', '````\n"""\n```\nx\n```\n"""\n````', '"""\n```\nx\n```\n"""'],
    ['an indented block', '1. Code:\n   ```js\n   f();\n   ```', '   f();'],
    ['code without a fence', 'import os\n\ndef f(a):\n    return os.path.join(a)', 'import os\n\ndef f(a):\n    return os.path.join(a)'],
    ['code with Windows line ends', '```\r\na = 1 \r\nb = 2\r\n```\r\n', 'a = 1\nb = 2'],
  ])('takes %s', (_, text, code) => {
    expect(extractCode(text)).toBe(code);
  });

  it.each([
    ['prose', 'The function adds two numbers. It returns their sum.'],
    ['a list in prose', 'To do this:\n\n1. Open the file.\n2. Read the lines.\n- Close the file.'],
    ['an empty block', '```\n```'],
    ['nothing', ''],
  ])('finds none in %s', (_, text) => {
    expect(extractCode(text)).toBe('');
  });

  it('takes the same code whether it is fenced, tagged or surrounded by words', () => {
    const code = fc.array(fc.stringMatching(/^ {0,4}[a-z]{1,5} = [0-9]{1,3}$/), { minLength: 1, maxLength: 6 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(code, fc.constantFrom('', 'python', 'py'), fc.constantFrom('', 'Here is the code:\n\n'), (given, tag, words) => {
        expect(extractCode(`${words}\`\`\`${tag}\n${given}\n\`\`\`\n\nThat is it.`)).toBe(extractCode(given));
      }),
    );
  });
});
