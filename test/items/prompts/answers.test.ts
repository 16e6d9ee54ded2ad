import { describe, expect, it } from 'vitest';
import { judgeAnswer, responseInput, responseOf, summaryInput, summaryOf, tokensOfPart } from '../../../items/index.ts';
import type { PromptTemplate } from '../../../plan/index.ts';

const settings = { cut: 'sentence', words: { min: 3, max: 12 } } as const;
const answer = (text: string, finish_reason = 'stop') => ({ text, finish_reason });

describe('the status of an answer', () => {
  it.each([
    ['ok', answer('x = 1')],
    ['empty', answer(' \n')],
    ['truncated', answer('x = ', 'length')],
    ['stopped-early', answer('x = ', 'content_filter')],
    ['prompt-too-long', answer('', 'prompt_too_long')],
    ['refused', answer("I'm sorry, but I can't help with that.")],
  ])('is %s', (status, given) => {
    expect(judgeAnswer(given, ['stop']).status).toBe(status);
  });

  it('is that of a whole answer for a finish reason that the model accepts', () => {
    expect(judgeAnswer(answer('x = 1', 'length'), ['stop', 'length']).status).toBe('ok');
  });

  it.each([
    'As an AI language model, I do not run code.',
    'Sorry, but I can’t do that.',
    'Sorry. I am unable to assist you here.',
    'I’m really sorry, but this breaks the rules.',
    'I won’t be able to write this for you.',
    'Unfortunately, I cannot create such a program.',
    'My apologies, but I am not able to share that.',
    '抱歉，我不能提供这段代码。',
    '作为一个人工智能语言模型，我无法执行程序。',
    '我无法回答这个问题。',
  ])('is refused for %s', (text) => {
    expect(judgeAnswer(answer(text), ['stop']).status).toBe('refused');
  });

  it.each([
    'Sorry, a board game for two players who cannot see the cards of each other.',
    'Sorry page: it is shown where a request cannot be served.',
    'Unfortunately named, the module cannot be found by its title.',
    'As an AI agent framework, it drives I/O loops.',
    'I’m sorry for the confusion. Here is the code: x = 1',
  ])('is not refused for %s', (text) => {
    expect(judgeAnswer(answer(text), ['stop']).status).toBe('ok');
  });
});

describe('the tokens of a code', () => {
  const code = 'x'.repeat(10);

  it.each([
    ['beside prose', `Take this:${code}`, {}, 50],
    ['behind thoughts in the text', `<think>no</think>${code}`, {}, 37],
    ['behind thoughts that are counted apart', `Take this:${code}`, { reasoning_tokens: 60 }, 20],
    ['behind thoughts that are counted apart and in the text', `<think>no</think>Take this:${code}`, { reasoning_tokens: 60 }, 20],
  ])('are its share of those of the answer by characters: %s', (_, text, thoughts, tokens) => {
    expect(tokensOfPart(code, { text, usage: { completion_tokens: 100, ...thoughts } })).toBe(tokens);
  });

  it('are not known where nothing was counted', () => {
    expect(tokensOfPart(code, { text: code, usage: null })).toBeNull();
  });
});

describe('the thoughts of a model', () => {
  const code = '```py\nx = 1\n```';

  it.each([
    ['a closing tag', `<think>\nPerhaps:\n${code.replace('1', '0')}\nNo.\n</think>\n\n${code}`],
    ['a closing tag that the prompt has opened', `Perhaps:\n${code.replace('1', '0')}\nNo.\n</think>\n\n${code}`],
    ['the last of several closing tags', `<think>First.</think>\n<think>Then.</think>\n${code}`],
    ['a closing tag behind a draft whose fence is open', `<think>\n\`\`\`py\nx = 0\nNo.</think>\n${code}`],
    ['a closing tag in capitals', `<THINKING>Hm.</THINKING>${code}`],
    ['a closing tag in brackets', `[THINK]Hm.[/THINK]${code}`],
    ['a closing tag in diamonds', `◁think▷Hm.◁/think▷${code}`],
    [
      'the head of the final channel',
      `<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>${code}<|return|>`,
    ],
    ['a tag that opens the answer', `<think>Hm.</think>\n<answer>\n${code}\n</answer>`],
  ])('are no part of an answer: they end at %s', (_, text) => {
    expect(responseOf(answer(text), ['stop'], 'code')).toEqual({ status: 'ok', text, code: 'x = 1', tag: expect.stringMatching(/^(py|)$/) as string });
    expect(judgeAnswer(answer(text), ['stop'])).toEqual({
      status: 'ok',
      text: expect.stringMatching(/^\s*```py\nx = 1\n```\s*$/) as string,
    });
  });

  it.each(['<think>\nPerhaps:\n```py\nx = 0\n```\nHm, so', '<think>One.</think>\n<think>Two'])(
    'make a truncated answer of one that ends in them: %j',
    (text) => {
      expect(responseOf(answer(text), ['stop'], 'code')).toEqual({ status: 'truncated', text });
      expect(summaryOf(answer(text, 'length'), ['stop', 'length'], settings)).toEqual({ status: 'truncated' });
      expect(judgeAnswer(answer(text), ['stop'])).toEqual({ status: 'truncated', text: '' });
    },
  );

  it('make an empty answer of one that holds nothing else, and a truncated one of one that stopped there', () => {
    expect(judgeAnswer(answer('<think>Hm.</think>\n'), ['stop']).status).toBe('empty');
    expect(judgeAnswer(answer('<think>Hm.</think>\n', 'length'), ['stop', 'length']).status).toBe('truncated');
  });

  it('are no part of a description', () => {
    const given = answer('<think>A sum, it seems.</think>\n\nIt adds two numbers.');
    expect(summaryOf(given, ['stop'], settings)).toEqual({ status: 'ok', prompt: 'It adds two numbers.' });
  });

  it.each([
    ['a comment', '# takes <think> away\nx = 1'],
    ['a comment at the end of a line', '# up to </think>\nx = 1'],
    ['a text', "text = re.sub('<think>.*</think>', '', text)"],
    ['a test', "x = text.endswith('</think>')"],
  ])('are not seen in %s of the code', (_, code_) => {
    expect(responseOf(answer(`\`\`\`py\n${code_}\n\`\`\``), ['stop'], 'code')).toMatchObject({ status: 'ok', code: code_ });
  });
});

describe('a description', () => {
  it('is the trimmed answer', () => {
    expect(summaryOf(answer(' It adds two numbers.\n'), ['stop'], settings)).toEqual({ status: 'ok', prompt: 'It adds two numbers.' });
  });

  it('is cut to its last whole sentence where it stopped at its length', () => {
    const given = answer('It adds version 1.2 numbers. It then ret', 'length');
    expect(summaryOf(given, ['stop', 'length'], settings)).toEqual({ status: 'ok', prompt: 'It adds version 1.2 numbers.' });
    expect(summaryOf(given, ['stop', 'length'], { ...settings, cut: 'none' })).toEqual({ status: 'ok', prompt: given.text });
    expect(summaryOf(given, ['stop'], settings)).toEqual({ status: 'truncated' });
  });

  it.each([
    ['truncated', answer('It adds and then it', 'length')],
    ['holds-code', answer('It does this:\n```\nx = 1\n```')],
    ['holds-code', answer('# Adds two numbers.\ndef add(a, b):\n    return a + b')],
    ['holds-code', answer('It does this:\n~~~\nx = 1\n~~~')],
    ['too-short', answer('It adds.')],
    ['too-long', answer('It adds. '.repeat(7))],
  ])('is %s', (status, given) => {
    expect(summaryOf(given, ['stop', 'length'], settings)).toEqual({ status });
  });
});

describe('the layout of a description', () => {
  it.each([
    ['headings', '# Purpose\nCounts the words of a text.\n\n# Input\nA text of any length.'],
    ['headings and starred items', '## Purpose\nCounts words.\n\n## Input\n* `text`: a text\n\n## Output\n* the number of words'],
    ['items that are signatures', 'The module counts:\n* words(text)\n* lines(text)\n* letters(text)'],
    ['numbered items', 'The module counts:\n1. words(text)\n2. lines(text)'],
    ['bold labels', '**Input**:\na text\n**Output**:\na number'],
    ['an outline', 'Purpose\n    counts words\nInput\n    a text'],
  ])('may have %s', (_, text) => {
    const free = { cut: 'sentence', words: { min: 1, max: null } } as const;
    expect(summaryOf(answer(text), ['stop'], free)).toEqual({ status: 'ok', prompt: text });
  });
});

describe('a response', () => {
  it('holds the whole answer and its code', () => {
    const text = 'Sure:\n```\nx = 1\n```';
    expect(responseOf(answer(text), ['stop'], 'code')).toEqual({ status: 'ok', text, code: 'x = 1', tag: expect.stringMatching(/^(py|)$/) as string });
  });

  it('keeps the text of an answer without code, with the reason', () => {
    expect(responseOf(answer('It is simple.'), ['stop'], 'code')).toEqual({ status: 'no-code', text: 'It is simple.' });
    expect(responseOf(answer('```\nx = ', 'length'), ['stop'], 'code')).toEqual({ status: 'truncated', text: '```\nx = ' });
  });

  it('is taken as a whole where its template says so', () => {
    expect(responseOf(answer('It is `x`:\n```py\nx = 1\n```\n'), ['stop'], 'text')).toMatchObject({ status: 'ok', code: 'It is `x`:\n```py\nx = 1\n```', tag: null });
    expect(responseOf(answer('<think>so</think>It is simple.'), ['stop'], 'text')).toMatchObject({ status: 'ok', code: 'It is simple.' });
  });
});

/** A template of one's own without a head, but for these parts. */
function own(body: string, parts: Partial<PromptTemplate> = {}): PromptTemplate {
  return { file: 'own.md', body, examples: [], stop: [], extract: 'code', ...parts };
}

describe('a request', () => {
  it('puts values into the template once, and never into one another', () => {
    const template = own('You write {language}.\n\nDescribe {code} in {language}, {other}, {{code}}.');
    expect(summaryInput(template, { text: '{language} $& {code}', language: 'C' })).toEqual({
      messages: [
        { role: 'system', content: 'You write C.' },
        { role: 'user', content: 'Describe {language} $& {code} in C, {other}, {code}.' },
      ],
    });
  });

  it('of one paragraph has no system message, and of a text file is no chat', () => {
    const file = { text: 'x = 1', language: 'C' };
    expect(summaryInput(own('Describe {code}.\n'), file)).toEqual({ messages: [{ role: 'user', content: 'Describe x = 1.' }] });
    expect(summaryInput(own('{code}\n\nThis code\n', { file: 'own.txt' }), file)).toEqual({ prompt: 'x = 1\n\nThis code' });
  });

  it('has the system message that its template names, of several paragraphs or none, and the rest as the message of the user', () => {
    const file = { text: 'x = 1', language: 'C' };
    const user = { role: 'user', content: 'Read this.\n\nx = 1' };
    expect(summaryInput(own('Read this.\n\n{code}\n', { system: 'You know {language}.\n\nBe brief.\n' }), file)).toEqual({
      messages: [{ role: 'system', content: 'You know C.\n\nBe brief.' }, user],
    });
    expect(summaryInput(own('Read this.\n\n{code}\n', { system: '' }), file)).toEqual({ messages: [user] });
  });

  it('shows the examples of its template before the item', () => {
    const examples = [{ description: 'Adds.', language: 'C', answer: 'a + b' }];
    const template = own('You write code.\n\nIn {language}: {description}', { examples });
    expect(responseInput(template, { prompt: 'Doubles.', language: 'Go' })).toEqual({
      messages: [
        { role: 'system', content: 'You write code.' },
        { role: 'user', content: 'In C: Adds.' },
        { role: 'assistant', content: 'a + b' },
        { role: 'user', content: 'In Go: Doubles.' },
      ],
    });
  });

  it('differs between a whole and a clipped description by that description alone', () => {
    const template = own('You write code.\n\nWrite {language}:\n\n{description}\n\nCode only.');
    const [whole, half] = ['Adds two numbers.', 'Adds two'].map((prompt) => responseInput(template, { prompt, language: 'Python' }));
    expect(JSON.stringify(whole).replace('Adds two numbers.', 'Adds two')).toEqual(JSON.stringify(half));
  });
});
