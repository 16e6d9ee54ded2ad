import { describe, expect, it } from 'vitest';
import { benchmarkItem, textsOfPair } from '../../../items/cleaning/benchmarks.ts';
import { contaminationFinder, contaminationIndex, type BenchmarkItem } from '../../../items/cleaning/contamination.ts';
import { runHashes, wordHashes, wordsOf } from '../../../items/cleaning/grams.ts';
import { promptFormats, renderPrompt } from '../../../items/index.ts';

const item = (question: string, solution = ''): BenchmarkItem => ({ name: 'test 1', question, answers: [solution], solution });
const finder = (...items: BenchmarkItem[]) => contaminationFinder(contaminationIndex(items));

const tenWords = 'Natalia sold clips to forty eight friends during warm April';

describe('runs of words', () => {
  it('have the hash of their words wherever they are, in any case and with any signs between', () => {
    const alone = runHashes(wordHashes('def add_one x'), 3);
    const among = runHashes(wordHashes('(Return)\r\n\tDEF Add_One(x): €'), 3);
    expect([among.high[1], among.low[1]]).toEqual([alone.high[0], alone.low[0]]);
    expect([among.high.length, wordsOf('(Return)\r\n\tDEF Add_One(x): €')]).toEqual([2, ['return', 'def', 'add_one', 'x']]);
  });

  it('are none in a text of fewer words', () => {
    expect(runHashes(wordHashes('one two'), 3).high.length).toBe(0);
    expect(wordHashes('').high.length).toBe(0);
  });
});

describe('a search for what benchmarks have', () => {
  it('finds two runs of ten words, whatever their case and signs', () => {
    const find = finder(item(`${tenWords} and May`));
    expect(find(`/* ${tenWords.toUpperCase().replaceAll(' ', ' - ')}, and so on */`)).toEqual({
      name: 'test 1',
      words: 'natalia sold clips to forty eight friends during warm april',
    });
    expect(find(`${tenWords} or May`)).toBeNull();
  });

  it('finds one run with the whole solution', () => {
    const find = finder(item(`${tenWords} and May`, 'forty eight plus half'));
    expect(find(`${tenWords} or May: forty-eight plus half.`)).not.toBeNull();
    expect(find(`${tenWords} or May: forty-eight plus halves`)).toBeNull();
  });

  it('finds a question of fewer words within a text, and a text of few words only as a whole', () => {
    const find = finder(item('Find the perimeter of a square.'), item('Evaluate 1 + 2', '42'));
    expect(find('def p(a): """find the perimeter of a square"""')).toEqual({ name: 'test 1', words: 'find the perimeter of a square' });
    expect(find('evaluate: 1 + 2')).toEqual({ name: 'test 1', words: 'evaluate 1 2' });
    expect(find('now evaluate 1 + 2')).toBeNull();
    expect(find('42')).toBeNull();
  });

  it('finds a question of ten words within a text, as one of nine', () => {
    const find = finder(item(`${tenWords}.`), item('Nine'));
    expect(find(`I am stuck: ${tenWords}, is what my book asks.`)).toEqual({ name: 'test 1', words: tenWords.toLowerCase() });
  });

  it('passes over runs of numbers and everyday code', () => {
    const find = finder(item('1 2 3 4 5 6 7 8 9 10 11 12'), item('for i in x: for j in y: for k in z: n += 1'));
    expect(find('x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]')).toBeNull();
    expect(find('  for i in x: for j in y: for k in z: n += 1; m += 1')).toBeNull();
  });

  it('names the first of several items that have a run, and quotes at most twelve words', () => {
    const long = `${tenWords} and May and June`;
    const find = finder({ ...item(long), name: 'first 3' }, { ...item(long), name: 'second 4' });
    expect(find(long)).toEqual({ name: 'first 3', words: `${tenWords.toLowerCase()} and may …` });
  });
});

describe('an item of a benchmark', () => {
  const onPassage = promptFormats['passage-question-answer']('A passage.', 'Which?');
  const framed = promptFormats['question-answer']('Which?');

  it.each([
    ['questions', { rm_prompt: framed, gold: '3 x' }, { question: 'Which?', answers: ['3 x'], solution: '3 x' }],
    ['choices', { prompt: 'Which?', options: ['this', 'that'], label: 1 }, { question: 'Which?', answers: ['this', 'that'], solution: '' }],
    ['choices', { prompt: framed, options: [] }, { question: 'Which?', answers: [], solution: '' }],
    ['pairs', { prompt: 'Why?', chosen: 'so', rejected: 'no' }, { question: 'Why?', answers: ['so', 'no'], solution: 'so' }],
    ['corpus', { text: 'return 1', path: 'a' }, { question: 'return 1', answers: [], solution: '' }],
    ['choices', { prompt: onPassage, options: ['this', 'that'], label: 1 }, { question: 'A passage.', answers: [], solution: '' }],
    ['questions', { rm_prompt: onPassage, text: 'Which?', gold: 'B' }, { question: 'A passage.', answers: [], solution: '' }],
    ['pairs', { prompt: onPassage, chosen: 'this', rejected: 'that' }, { question: 'A passage.', answers: [], solution: '' }],
  ] as const)('is made of a row of %s', (type, row, made) => {
    expect(benchmarkItem('b 1', { type, row })).toEqual({ name: 'b 1', ...made });
  });
});

describe('the texts of a pair', () => {
  const isKnown = (prompt: string, chosen: string, ...items: BenchmarkItem[]) =>
    textsOfPair({ prompt, chosen, rejected: 'It is not so.' }).map(finder(...items)).some((found) => found !== null);

  it.each([
    ['question-answer', promptFormats['question-answer']],
    ['instruction-response', promptFormats['instruction-response']],
    ['instruction-response behind a system message', (text: string) => `Be brief.\n\n${promptFormats['instruction-response'](text)}`],
    ['code-description', renderPrompt],
  ])('have a question that is all that a prompt asks, in the format %s', (_, format) => {
    const short = item('Simplify $\\sqrt{242}$.');
    expect(isKnown(format('Simplify $\\sqrt{242}$.'), 'It is so.', short)).toBe(true);
    expect(isKnown(format('Now simplify $\\sqrt{242}$.'), 'It is so.', short)).toBe(false);
  });

  it('have a run of a question in the prompt, and its whole solution in an answer', () => {
    const question = item(`${tenWords} and May`, 'forty eight plus half');
    const prompt = promptFormats['question-answer'](`${tenWords} or May?`);
    expect(isKnown(prompt, 'It is forty-eight plus half.', question)).toBe(true);
    expect(isKnown(prompt, 'It is forty-eight plus halves.', question)).toBe(false);
  });

  it('have a passage, whatever is asked of it, and no question that another passage has too', () => {
    const stock = 'Which one of the following, if true, most seriously weakens the argument that is made above?';
    const prompt = promptFormats['passage-question-answer'];
    const row = { prompt: prompt('Whales sing in B.', stock), options: ['Only I and II.'] };
    const question = benchmarkItem('b 1', { type: 'choices', row });
    expect(isKnown(prompt('Whales sing in B.', 'What follows?'), 'Only II.', question)).toBe(true);
    expect(isKnown(prompt('Dogs bark in C.', stock), 'Only I and II.', question)).toBe(false);
  });
});
