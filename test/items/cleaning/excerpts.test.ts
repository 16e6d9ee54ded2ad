import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { benchmarkItem, textsOfPair } from '../../../items/cleaning/benchmarks.ts';
import { contaminationFinder, contaminationIndex } from '../../../items/cleaning/contamination.ts';
import { choiceRow, optionPairs, promptFormats, questionRows, readLogiqa2 } from '../../../items/index.ts';

const folder = process.env['CODEPMP_TEST_DATA'] ?? '';

type Columns = { readonly [column: string]: string };

function rowsOf(name: string): Columns[] {
  const bytes = readFileSync(join(folder, name));
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text.trim().split('\n').map((line) => JSON.parse(line) as Columns);
}

/** A search for items of a file, by their columns with the question and the answer. */
function finderOf(name: string, question: string, answer: string): (text: string) => boolean {
  const items = rowsOf(name).map((row, at) => ({
    name: `${name} ${at}`,
    question: row[question] ?? '',
    answers: [row[answer] ?? ''],
    solution: row[answer] ?? '',
  }));
  const find = contaminationFinder(contaminationIndex(items));
  return (text) => find(text) !== null;
}

const foundOf = (texts: string[], isFound: (text: string) => boolean): number => texts.filter(isFound).length;

describe.skipIf(folder === '')('benchmarks as they are published', () => {
  it('hold every problem of MATH-500 among those of MATH', () => {
    const isFound = finderOf('math-test.jsonl.gz', 'problem', 'solution');
    expect(foundOf(rowsOf('math500.jsonl').map(({ problem = '' }) => problem), isFound)).toBe(500);
  });

  it('are found in pairs that ask for the problems of MATH-500, however short these are', () => {
    const problems = rowsOf('math500.jsonl').map(({ problem: text = '', answer: gold = '' }) => ({ text, gold }));
    const items = questionRows(problems).map((row, at) => benchmarkItem(`math ${at}`, { type: 'questions', row: { ...row } }));
    const find = contaminationFinder(contaminationIndex(items));
    const pairs = problems.map(({ text }) => ({ prompt: promptFormats['question-answer'](text), chosen: 'It is so.', rejected: 'It is not.' }));
    expect(pairs.filter((pair) => textsOfPair(pair).some((text) => find(text) !== null))).toHaveLength(500);
  });

  it('are found in all pairs on a passage of theirs, and in none on another passage that is asked the same', () => {
    const questions = rowsOf('logiqa2-dev-300.jsonl').map((row) => readLogiqa2(row)).filter((read) => typeof read !== 'string');
    const passages = [...new Set(questions.map(({ passage }) => passage))];
    const { test = [], train = [] } = Object.groupBy(questions, ({ passage }) => (passages.indexOf(passage) % 2 === 0 ? 'test' : 'train'));
    const items = test.map((question, at) => benchmarkItem(`logiqa2 ${at}`, { type: 'choices', row: { ...choiceRow(question, at) } }));
    const find = contaminationFinder(contaminationIndex(items));
    const left = (some: typeof questions) =>
      some.flatMap(optionPairs).filter((pair) => textsOfPair(pair).every((text) => find(text) === null)).length;
    expect([left(test), left(train)]).toEqual([0, train.flatMap(optionPairs).length]);
  });

  it('are found in HumanEval whether it is the right or the wrong solution that was copied', () => {
    const isFound = finderOf('HumanEval.jsonl.gz', 'prompt', 'canonical_solution');
    const copies = rowsOf('humanevalpack-python-164.jsonl').map(({ prompt, buggy_solution }) => `${prompt}${buggy_solution}`);
    expect(foundOf(copies, isFound)).toBe(164);
  });

  it('are found in MBPP with other line ends, other white space and in capitals', () => {
    const isFound = finderOf('mbpp.jsonl', 'text', 'code');
    const copies = rowsOf('mbpp.jsonl').map(({ code = '' }) => code.replaceAll('\r\n', '\n').replaceAll('\t', '    ').toUpperCase());
    expect(foundOf(copies, isFound)).toBe(974);
  });

  it('share little with the training part of GSM8K but phrases', () => {
    const isFound = finderOf('gsm8k-test.jsonl', 'question', 'answer');
    const texts = rowsOf('gsm8k-train-2000.jsonl').map(({ question }) => `${question}`);
    expect(foundOf(texts, isFound)).toBeLessThanOrEqual(8);
  });

  it('are not found in pages of questions and answers on other matters', () => {
    const isFound = finderOf('HumanEval.jsonl.gz', 'prompt', 'canonical_solution');
    const texts = rowsOf('logiqa2-dev-300.jsonl').map(({ text }) => `${text}`);
    expect(foundOf(texts, isFound)).toBe(0);
  });
});
