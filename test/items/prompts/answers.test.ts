import { describe, expect, it } from 'vitest';
import { responseMessages, responseOf, statusOf, summaryMessages, summaryOf } from '../../../items/index.ts';

const settings = { cut: 'sentence', words: { min: 3, max: 12 } } as const;
const answer = (text: string, finish_reason = 'stop') => ({ text, finish_reason });

describe('the state of an answer', () => {
  it.each([
    ['ok', answer('x = 1')],
    ['empty', answer(' \n')],
    ['truncated', answer('x = ', 'length')],
    ['stopped-early', answer('x = ', 'content_filter')],
    ['refused', answer("I'm sorry, but I can't help with that.")],
    ['refused', answer('As an AI language model, I do not run code.')],
  ])('is %s', (status, given) => {
    expect(statusOf(given, ['stop'])).toBe(status);
  });

  it('takes a finish reason that the model declares as whole', () => {
    expect(statusOf(answer('x = 1', 'length'), ['stop', 'length'])).toBe('ok');
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
    ['too-short', answer('It adds.')],
    ['too-long', answer('It adds. '.repeat(7))],
  ])('is %s', (status, given) => {
    expect(summaryOf(given, ['stop', 'length'], settings)).toEqual({ status });
  });
});

describe('a response', () => {
  it('holds the whole answer and its code', () => {
    const text = 'Sure:\n```\nx = 1\n```';
    expect(responseOf(answer(text), ['stop'])).toEqual({ status: 'ok', text, code: 'x = 1' });
  });

  it('keeps the text of an answer without code, with the reason', () => {
    expect(responseOf(answer('It is simple.'), ['stop'])).toEqual({ status: 'no-code', text: 'It is simple.' });
    expect(responseOf(answer('```\nx = ', 'length'), ['stop'])).toEqual({ status: 'truncated', text: '```\nx = ' });
  });
});

describe('a request', () => {
  it('puts values into the template once, and never into one another', () => {
    const template = 'You write {language}.\n\nDescribe {code} in {language}, {other}.';
    expect(summaryMessages(template, { text: '{language} $& {code}', language: 'C' })).toEqual([
      { role: 'system', content: 'You write C.' },
      { role: 'user', content: 'Describe {language} $& {code} in C, {other}.' },
    ]);
  });

  it('differs between a whole and a clipped description by that description alone', () => {
    const template = 'You write code.\n\nWrite {language}:\n\n{description}\n\nCode only.';
    const [whole, half] = ['Adds two numbers.', 'Adds two'].map((prompt) => responseMessages(template, { prompt, language: 'Python' }));
    expect(whole?.map(({ content }) => content.replace('Adds two numbers.', 'Adds two'))).toEqual(half?.map(({ content }) => content));
  });
});
