import { describe, expect, it } from 'vitest';
import {
  letterQuestions,
  optionPairs,
  readGsm8k,
  readLogiqa2,
  readMath,
  readMathShepherd,
  readPreference,
  readReclor,
  readRewardbench,
  readRmBench,
  solutionPairs,
} from '../../../items/index.ts';

const columns = { prompt: 'prompt', chosen: 'chosen', rejected: 'rejected' };

describe('GSM8K', () => {
  it('has its gold answer, as it is written, behind the last mark', () => {
    expect(readGsm8k({ question: 'How many?', answer: '900 + 100 = <<900+100=1000>>1,000\n#### 1,000' })).toEqual({
      text: 'How many?',
      gold: '1,000',
    });
  });

  it.each([
    [{ question: 'How many?', answer: '1,000' }, 'no-gold'],
    [{ question: 'How many?' }, 'no-answer'],
    [{ question: ' ', answer: '#### 1' }, 'no-question'],
  ])('refuses a row: %j: %s', (row, reason) => {
    expect(readGsm8k(row)).toBe(reason);
  });
});

describe('MATH', () => {
  it.each([
    ['So $\\boxed{1}$, no: $\\boxed{\\frac{1}{2}}$.', '\\frac{1}{2}'],
    ['So $\\boxed 5$.', '5'],
    ['The set is $\\boxed{\\{1, 2\\}}$.', '\\{1, 2\\}'],
    ['It is $\\boxed{ \\text{Evelyn} }$', '\\text{Evelyn}'],
  ])('has its gold answer in the last box: %s', (solution, gold) => {
    expect(readMath({ problem: 'p', solution })).toEqual({ text: 'p', gold });
  });

  it('has it in the column answer, where there is one', () => {
    expect(readMath({ problem: 'p', solution: 'So $\\boxed{1}$', answer: '2', level: 2 })).toEqual({ text: 'p', gold: '2' });
  });

  it.each(['no box', 'an open $\\boxed{1'])('refuses a row without one: %s', (solution) => {
    expect(readMath({ problem: 'p', solution })).toBe('no-gold');
  });
});

describe('Math-Shepherd', () => {
  const row = (input: string, label: string) => readMathShepherd({ input, label, task: 'GSM8K' });

  it('has a solution without its marks, and the verdict of the last step', () => {
    const input = 'What is 1 + 1?\nSay. Step 1: It is 2. ки\nStep 2: #### 2 ки';
    expect(row(input, 'What is 1 + 1?\nSay. Step 1: It is 2. -\nStep 2: #### 2 +')).toEqual({
      prompt: 'Question: What is 1 + 1?\nSay.\n\nAnswer:\n',
      text: 'Step 1: It is 2.\nStep 2: #### 2',
      right: true,
      kind: 'GSM8K',
    });
  });

  it('takes a sign at the end of a step for no label', () => {
    expect(row('Go. Step 1: 1 + ки\nStep 2: 2 - ки', 'Go. Step 1: 1 + +\nStep 2: 2 - -')).toMatchObject({
      text: 'Step 1: 1 +\nStep 2: 2 -',
      right: false,
    });
  });

  it.each([
    ['What is 2? step 1: Two. ки', 'What is 2? step 1: Two. +', 'What is 2?', 'step 1: Two.'],
    ['What is 2? ки\nStep 1: Two. ки', 'What is 2? -\nStep 1: Two. +', 'What is 2?', 'Step 1: Two.'],
    ['What is 2? Two. ки\nStep 2: 2 ки', 'What is 2? Two. -\nStep 2: 2 +', 'What is 2?', 'Two.\nStep 2: 2'],
    ['Who wrote "Step 1: add"? Step 1: I. ки', 'Who wrote "Step 1: add"? Step 1: I. +', 'Who wrote "Step 1: add"?', 'Step 1: I.'],
  ])('finds the first step of an odd row: %s', (input, label, question, text) => {
    expect(row(input, label)).toMatchObject({ prompt: `Question: ${question}\n\nAnswer:\n`, text, right: true });
  });

  it.each([
    ['Q? Step 1: a. ки', 'Q? Step 1: a.', 'labels-out-of-step'],
    ['Q? Step 1: a. ки', 'Q? Step 1: a. ?', 'labels-out-of-step'],
    ['Q? Step 1: a.', 'Q? Step 1: a.', 'no-step-mark'],
    ['Say it. ки', 'Say it. +', 'no-first-step'],
  ])('refuses a row whose labels or steps cannot be told: %s', (input, label, reason) => {
    expect(row(input, label)).toBe(reason);
  });

  it('makes one pair or all pairs of the right and wrong solutions of a question, none of equal texts', () => {
    const solution = (text: string, right: boolean) => ({ prompt: 'q', text, right, kind: '' });
    const solutions = [solution('a', true), solution('b', true), ...['x', 'y', 'b'].map((text) => solution(text, false))];
    const made = (pairs: 'one' | 'all', seed: number) =>
      [...solutionPairs(solutions, { pairs, seed })].map(({ right, wrong }) => right.text + wrong.text);
    expect(made('all', 1)).toEqual(['ax', 'ay', 'ab', 'bx', 'by']);
    expect(made('one', 1)).toHaveLength(1);
    expect(new Set(Array.from({ length: 50 }, (_, seed) => made('one', seed).join(''))).size).toBe(5);
  });
});

describe('ReClor', () => {
  const row = { context: 'All cats sleep.', question: 'What follows?', answers: ['a', 'b', 'c', 'd'], label: 2, id_string: 'val_0' };

  it('has four answers and the index of the right one', () => {
    expect(readReclor(row)).toEqual({ passage: 'All cats sleep.', question: 'What follows?', options: ['a', 'b', 'c', 'd'], label: 2 });
  });

  it('fills the gap of a question with each answer', () => {
    const read = readReclor({ ...row, question: 'If so, ____ is true.', answers: ['$1', 'b', 'c', 'd'] });
    expect(read).toMatchObject({
      question: 'If so, ____ is true.',
      options: ['$1', 'b', 'c', 'd'].map((answer) => `If so, ${answer} is true.`),
    });
  });

  it.each([
    [{ label: undefined }, 'hidden-label'],
    [{ label: 4 }, 'label-out-of-range'],
    [{ label: '2' }, 'label-out-of-range'],
    [{ answers: ['a', 'b', 'c'] }, 'no-four-answers'],
    [{ context: '' }, 'no-context'],
  ])('refuses a row: %j: %s', (change, reason) => {
    expect(readReclor({ ...row, ...change } as typeof row)).toBe(reason);
  });
});

describe('LogiQA 2.0', () => {
  it('pairs the right option with each other one by index, and with none that repeats it', () => {
    const read = readLogiqa2({ id: 1, text: 'Cats.', question: 'What?', options: ['yes', 'no', 'yes', 'no'], answer: 2, type: {} });
    if (typeof read === 'string') throw new Error(read);
    expect(read).toMatchObject({ options: ['yes', 'no', 'yes', 'no'], label: 2 });
    expect(optionPairs(read).map(({ chosen, rejected }) => [chosen, rejected])).toEqual([
      ['yes', 'no'],
      ['yes', 'no'],
    ]);
  });

  it('has lettered options for a solver, and the letter of the right one', () => {
    const [asked] = letterQuestions([{ passage: 'Cats.', question: 'What?', options: ['yes', 'no'], label: 1 }]);
    expect(asked).toMatchObject({ question: 0, text: 'What?\nA. yes\nB. no', gold: 'B' });
    expect(asked?.rm_prompt).toBe('Passage: Cats.\n\nQuestion: What?\nA. yes\nB. no\n\nAnswer:\n');
    expect(asked?.prompt).toContain('Question: What?\nA. yes\nB. no\n\nReason step by step.');
  });

  it('refuses a label that no option has', () => {
    expect(readLogiqa2({ text: 'Cats.', question: 'What?', options: ['a', 'b', 'c', 'd'], answer: 4 })).toBe('label-out-of-range');
  });
});

describe('preferences', () => {
  it('may be texts', () => {
    expect(readPreference({ prompt: 'Say hi', chosen: 'hi', rejected: 'no' }, columns)).toMatchObject({
      prompt: 'Instruction: Say hi\n\nResponse:\n',
      chosen: 'hi',
      rejected: 'no',
    });
  });

  it('may be conversations, in both spellings', () => {
    const hub = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'Bye' },
    ];
    const prompt = 'Be kind.\n\nInstruction: Hi\n\nResponse:\nHello\n\nInstruction: Bye\n\nResponse:\n';
    const answer = (text: string) => [...hub, { role: 'assistant', content: text }];
    expect(readPreference({ prompt: hub, chosen: answer('Ciao'), rejected: answer('What?') }, columns)).toMatchObject({
      prompt,
      chosen: 'Ciao',
      rejected: 'What?',
    });
    const said = (value: string) => ({ from: 'gpt', value });
    const shared = { prompt: [{ from: 'human', value: 'Hi' }], chosen: said('Hello'), rejected: said('?') };
    expect(readPreference(shared, columns)).toMatchObject({ prompt: 'Instruction: Hi\n\nResponse:\n', chosen: 'Hello', rejected: '?' });
  });

  it.each([
    [{ prompt: [{ role: 'assistant', content: 'Hi' }], chosen: 'a', rejected: 'b' }, 'no-prompt'],
    [{ prompt: [{ role: 'tool', content: 'Hi' }], chosen: 'a', rejected: 'b' }, 'no-prompt'],
    [{ prompt: 'p', chosen: [{ role: 'user', content: 'a' }], rejected: 'b' }, 'no-chosen'],
    [{ prompt: 'p', chosen: 'a' }, 'no-rejected'],
    [{ prompt: 'p', chosen: 'a', rejected: 'a' }, 'equal-sides'],
  ])('are refused: %j: %s', (row, reason) => {
    expect(readPreference(row, columns)).toBe(reason);
  });
});

describe('RewardBench', () => {
  const row = { prompt: 'p', chosen: 'a', rejected: 'b', id: 1 };

  it('has the subset of its column, or the prior set of its file, and the language that the subset names', () => {
    expect(readRewardbench({ ...row, subset: 'hep-cpp' }, 'filtered')).toMatchObject({ kind: 'hep-cpp', language: 'C++' });
    const prior = { ...row, prompt: [{ role: 'user', content: 'p' }] };
    expect(readRewardbench(prior, 'summarize')).toMatchObject({ kind: 'summarize', language: 'English' });
    expect(readRewardbench(row, 'filtered')).toBe('no-subset');
  });
});

describe('RM-Bench', () => {
  const row = { id: 1, prompt: 'p', chosen: ['c0', 'c1', 'c2'], rejected: ['r0', 'r1', 'r2'], domain: 'math' };

  it('compares every style with every style: hard where the wrong answer has the fuller one', () => {
    const pairs = readRmBench(row, 'total');
    if (typeof pairs === 'string') throw new Error(pairs);
    const level = (name: string) => pairs.filter((pair) => pair.level === name).map(({ chosen, rejected }) => `${chosen}${rejected}`);
    expect([level('hard'), level('normal'), level('easy')]).toEqual([
      ['c0r1', 'c0r2', 'c1r2'],
      ['c0r0', 'c1r1', 'c2r2'],
      ['c1r0', 'c2r0', 'c2r1'],
    ]);
    expect(new Set(pairs.map(({ origin, kind }) => `${origin} ${kind}`)).size).toBe(1);
  });

  it.each([
    [{ domain: 'sports' }, 'no-domain'],
    [{ chosen: ['c0', 'c1'] }, 'no-three-styles'],
    [{ prompt: '' }, 'no-prompt'],
  ])('refuses a row: %j: %s', (change, reason) => {
    expect(readRmBench({ ...row, ...change }, 'total')).toBe(reason);
  });
});
