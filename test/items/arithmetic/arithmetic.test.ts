import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateArithmetic } from '../../../items/index.ts';
import { drawPairs } from '../../../items/arithmetic/pairs.ts';
import { createRandom } from '../../../items/arithmetic/random.ts';
import type { ArithmeticPair } from '../../../items/index.ts';

const sizes = { train: 40, test: 40, choices: 12, questions: 12 };
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const few = { numRuns: 12 };

/** The steps that a solution writes down: what it quotes, and the equation. */
function equationsOf(solution: string): { event: string; left: number; operator: string; right: number; result: number }[] {
  return [...solution.matchAll(/(?<=: |[A-Z][a-z]+ )([a-z][a-z\d ]*): (\d+) ([-+*]) (\d+) = (\d+)/g)].map(
    ([, event = '', left, operator = '', right, result]) => ({
      event,
      left: Number(left),
      operator,
      right: Number(right),
      result: Number(result),
    }),
  );
}

/** What happens in a question: its verbs with their numbers. */
function eventsOf(question: string): { verb: string; number: number }[] {
  const found = question.matchAll(/(buys|sells) (\d+)|(doubles|triples) them/g);
  return [...found].map(([, verb, number, product = '']) => ({ verb: verb ?? product, number: Number(number) }));
}

function startOf(question: string): number {
  return Number(/has (\d+)/.exec(question)?.[1]);
}

/** The answer by the words of the question alone, read independently of the generator. */
function answerByWords(question: string): number {
  const act: { [verb: string]: (value: number, number: number) => number } = {
    buys: (value, number) => value + number,
    sells: (value, number) => value - number,
    doubles: (value) => value * 2,
    triples: (value) => value * 3,
  };
  return eventsOf(question).reduce((value, { verb, number }) => act[verb]?.(value, number) ?? Number.NaN, startOf(question));
}

function answerIn(solution: string): number {
  return Number(/The answer is (\d+)\.$/.exec(solution)?.[1]);
}

/** A question without its words. */
function numbersOf(question: string): string {
  const signs: { [verb: string]: string } = { buys: '+', sells: '-', doubles: '*2', triples: '*3' };
  return `${startOf(question)}${eventsOf(question).map(({ verb, number }) => `${signs[verb]}${number || ''}`).join('')}`;
}

function questionOf(prompt: string): string {
  return /^Question: (.*)\n\nAnswer:\n$/.exec(prompt)?.[1] ?? '';
}

describe('generated arithmetic', () => {
  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(generateArithmetic({ ...sizes, seed })).toEqual(generateArithmetic({ ...sizes, seed }));
      }),
      { numRuns: 3 },
    );
  });

  it('keeps the test set when other outputs grow, and begins a larger output with the smaller', () => {
    const small = generateArithmetic({ ...sizes, seed: 3 });
    const large = generateArithmetic({ train: 130, test: 40, choices: 20, questions: 12, seed: 3 });
    expect(large.test).toEqual(small.test);
    expect(large.train.slice(0, sizes.train)).toEqual(small.train);
    expect(large.choices.slice(0, sizes.choices)).toEqual(small.choices);
  });

  it('is right where it says so and wrong where it says so', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { train, test, choices, questions } = generateArithmetic({ ...sizes, seed });
        for (const { prompt, chosen, rejected } of [...train, ...test]) {
          expect(answerIn(chosen)).toBe(answerByWords(prompt));
          expect(answerIn(rejected)).not.toBe(answerByWords(prompt));
        }
        for (const { prompt, options, label } of choices)
          expect(options.map((option) => answerIn(option) === answerByWords(prompt))).toEqual(options.map((_, at) => at === label));
        for (const { text, gold } of questions) expect(Number(gold)).toBe(answerByWords(text));
      }),
      few,
    );
  });

  it('makes the mistake that it names and no other', () => {
    const check: { [kind: string]: (pair: ArithmeticPair) => void } = {
      operation: ({ chosen, rejected }) => {
        const [right, wrong] = [equationsOf(chosen), equationsOf(rejected)];
        expect(wrong.filter((step, at) => step.operator !== right[at]?.operator)).toHaveLength(1);
        expect(wrong.every(isCalculated)).toBe(true);
      },
      slip: ({ chosen, rejected }) => {
        expect(equationsOf(rejected).filter((step) => !isCalculated(step))).toHaveLength(1);
        expect(equationsOf(rejected).map(({ event }) => event)).toEqual(equationsOf(chosen).map(({ event }) => event));
      },
      dropped: ({ chosen, rejected }) => {
        expect([equationsOf(chosen).length, equationsOf(rejected).length]).toEqual([3, 2]);
        expect(equationsOf(rejected).every(isCalculated)).toBe(true);
      },
      repeated: ({ chosen, rejected }) => {
        expect([equationsOf(chosen).length, equationsOf(rejected).length]).toEqual([2, 3]);
        expect(equationsOf(rejected).every(isCalculated)).toBe(true);
      },
    };
    const { train } = generateArithmetic({ ...sizes, train: 400, seed: 11 });
    for (const pair of train) check[pair.kind]?.(pair);
    expect(new Set(train.map(({ kind }) => kind))).toEqual(new Set(Object.keys(check)));
  });

  it('shares no problem between its outputs, by words or by numbers', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const made = generateArithmetic({ train: 200, test: 100, choices: 40, questions: 24, seed });
        const outputs = [made.train, made.test, made.choices].map((rows) => rows.map(({ prompt }) => questionOf(prompt)));
        const texts = [...outputs, made.questions.map(({ text }) => text)];
        expect(new Set(texts.flat()).size).toBe(364);
        const numbers = texts.map((each) => [...new Set(each.map(numbersOf))]);
        expect(new Set(numbers.flat()).size).toBe(numbers.flat().length);
      }),
      few,
    );
  });

  it('uses small numbers and one step in questions, and shows the solver no question that is asked', () => {
    const { questions } = generateArithmetic({ ...sizes, questions: 60, seed: 5 });
    for (const { text, prompt, rm_prompt } of questions) {
      const examples = prompt.split('\n\n').slice(0, -1);
      const shown = examples.map((example) => example.split('\n')[0] ?? '');
      expect(examples.map(answerIn)).toEqual(shown.map(answerByWords));
      expect((text.match(/\d+/g) ?? []).map(Number).every((number) => number <= 9)).toBe(true);
      expect(eventsOf(text)).toHaveLength(1);
      expect(prompt.endsWith(`\n\nQuestion: ${text}\nAnswer:`)).toBe(true);
      expect(shown.map(numbersOf)).not.toContain(numbersOf(text));
      expect(rm_prompt).toBe(`Question: ${text}\n\nAnswer:\n`);
    }
  });

  it('says so when there are fewer problems than it should make', () => {
    const none = drawPairs(createRandom(1, 'train'), () => false);
    expect(() => none.next()).toThrow('no new word problem was found in 20000 draws: ask for fewer pairs');
  });
});

function isCalculated({ left, operator, right, result }: { left: number; operator: string; right: number; result: number }): boolean {
  return result === (operator === '+' ? left + right : operator === '-' ? left - right : left * right);
}
