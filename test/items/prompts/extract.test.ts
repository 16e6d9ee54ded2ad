import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractCode } from '../../../items/index.ts';

describe('extracting code', () => {
  it.each([
    ['a fenced block', 'Here it is:\n\n```python\ndef f():\n    return 1\n```\n\nIt returns 1.', 'def f():\n    return 1'],
    ['the first of two blocks', '```\na = 1\n```\nUse:\n```\nb = 2\n```', 'a = 1'],
    ['the first block that is not empty', '```\n\n```\n```py\nb = 2\n```', 'b = 2'],
    ['a block whose fence is never closed', 'Sure.\n```py\na = 1\nb = 2\n', 'a = 1\nb = 2'],
    ['a block inside a tilde block', '~~~\n```\na = 1\n```\n~~~', 'a = 1'],
    ['a block inside a Markdown block', '````markdown\n```python\na = 1\n```\n````', 'a = 1'],
    ['a long fence that holds a shorter one', '````\n"""\n```\nx\n```\n"""\n````', '"""\n```\nx\n```\n"""'],
    ['a block in a list without its indentation', '1. Code:\n   ```js\n   f();\n     g();\n   ```', 'f();\n  g();'],
    ['a block that begins a list item', '- ```js\n  f();\n  ```', 'f();'],
    ['code without a fence', 'import os\n\ndef f(a):\n    return os.path.join(a)', 'import os\n\ndef f(a):\n    return os.path.join(a)'],
    ['code with Windows line ends', '```\r\na = 1 \r\nb = 2\r\n```\r\n', 'a = 1\nb = 2'],
    ['code with lone carriage returns', '```py\ra = 1\rb = 2\r```', 'a = 1\nb = 2'],
  ])('takes %s', (_, text, code) => {
    expect(extractCode(text).code).toBe(code);
  });

  it.each([
    ['the end of the last line', '```js\nlet n = 0;\nn += 1;```', 'let n = 0;\nn += 1;'],
    ['the end of the last line, with words behind it', '```js\nlet n = 0;\nn += 1;``` It counts.', 'let n = 0;\nn += 1;'],
    ['a line of its own, with words behind it', '```js\nlet n = 0;\n``` It counts.', 'let n = 0;'],
    ['a line of its own, with the mark of a turn behind it', '```js\nlet n = 0;\n```<|im_end|>', 'let n = 0;'],
    ['a line as deep as the code', '```py\ndef f():\n    return 1\n    ```\nDone.', 'def f():\n    return 1'],
    ['the next opening fence', '```py\na = 1\n\n```py\nb = 2\n```', 'a = 1'],
  ])('ends a block at a fence at %s', (_, text, code) => {
    expect(extractCode(text).code).toBe(code);
  });

  it.each([
    ['behind words', 'Of course:```js\nlet n = 0;\n```', 'let n = 0;'],
    ['before code on its own line', '```js let n = 0;\nn += 1;\n```', 'let n = 0;\nn += 1;'],
    ['on the only line of the block', '```js let n = 0; n += 1;```', 'let n = 0; n += 1;'],
    ['with attributes', '```js title="my file.js" {1,3}\nlet n = 0;\n```', 'let n = 0;'],
    ['inside a quote', '> ```py\n> def f():\n>     return 1\n> ```\n> Done.', 'def f():\n    return 1'],
    ['as a tag in brackets', '[JS]\nlet n = 0;\n[/JS]\nIt is zero.', 'let n = 0;'],
  ])('sees a fence %s', (_, text, code) => {
    expect(extractCode(text).code).toBe(code);
  });

  it.each([
    ['a comment', '```rust\n/// ```rust\n/// f();\n/// ```\nfn f() {}\n```', '/// ```rust\n/// f();\n/// ```\nfn f() {}'],
    ['a string', '```py\nparts = text.split("```")\nn = 2\n```', 'parts = text.split("```")\nn = 2'],
    [
      'the text of a function',
      '```py\ndef f():\n    """\n    ```\n    f()\n    ```\n    """\n```',
      'def f():\n    """\n    ```\n    f()\n    ```\n    """',
    ],
  ])('does not end at a fence in %s', (_, text, code) => {
    expect(extractCode(text).code).toBe(code);
  });

  it.each([
    ['comes after commands for a shell', '```bash\npip install x\n```\nThen:\n```py\nimport x\n```', 'import x'],
    ['is commands for a shell and nothing else', '```bash\nls -l\n```', 'ls -l'],
    ['comes after words in a fence', 'Uses ```map``` here:\n```js\nf();\n```', 'f();'],
    ['is closed but not opened', 'def f():\n    return 1\n```\nThis gives one.', 'def f():\n    return 1'],
    ['is closed at the end of its line but not opened', 'def f():\n    return 1``` This gives one.', 'def f():\n    return 1'],
  ])('finds code that %s', (_, text, code) => {
    expect(extractCode(text).code).toBe(code);
  });

  it.each([
    ['fences', '```\n'.repeat(20_000), ''],
    ['spaces before its only word', `${' '.repeat(60_000)}x`, `${' '.repeat(60_000)}x`],
    ['pairs of backticks', '`` '.repeat(20_000), ''],
    ['fences of two depths', '```\n        ```\n'.repeat(5_000), ''],
    ['marks of a turn', '<|end|>'.repeat(20_000), ''],
  ])('ends soon with an answer of very many %s', (_, text, code) => {
    expect(extractCode(text).code).toBe(code);
  });

  it.each([
    ['prose', 'The function adds two numbers. It returns their sum.'],
    ['a list in prose', 'To do this:\n\n1. Open the file.\n2. Read the lines.\n- Close the file.'],
    ['an empty block', '```\n```'],
    ['nothing', ''],
  ])('finds none in %s', (_, text) => {
    expect(extractCode(text).code).toBe('');
  });

  it('takes the same code whether it is fenced, tagged or surrounded by words', () => {
    const code = fc
      .array(fc.stringMatching(/^ {0,4}[a-z]{1,5} = [0-9]{1,3}$/), { minLength: 1, maxLength: 6 })
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(code, fc.constantFrom('', 'python', 'py'), fc.constantFrom('', 'Here is the code:\n\n'), (given, tag, words) => {
        expect(extractCode(`${words}\`\`\`${tag}\n${given}\n\`\`\`\n\nThat is it.`).code).toBe(extractCode(given).code);
      }),
    );
  });
});
