import { describe, expect, it } from 'vitest';
import { generateArithmetic } from '../../../items/index.ts';
import type { ArithmeticPair } from '../../../items/index.ts';
import { auc, evaluateChoice } from '../../../stats/index.ts';

type Feature = (text: string) => number;

const features: { [name: string]: Feature } = {
  characters: (text) => text.length,
  'final answer': lastNumber,
  lines,
};

const habits: { [name: string]: Feature } = {
  ...features,
  equations: occurrences('='),
  additions: occurrences('+'),
  subtractions: occurrences('-'),
  products: occurrences('*'),
  'opening line': occurrences('starts with'),
  'closing line': occurrences('ends with'),
};

const sets = Array.from({ length: 30 }, (_, seed) =>
  generateArithmetic({ train: 300, test: 400, choices: 100, questions: 1, seed: seed + 1 }),
);
const splits = sets.flatMap(({ train, test }) => [train, test]);
const kinds = ['operation', 'slip', 'dropped', 'repeated'];

describe('generated pairs', () => {
  it('hold every mistake equally often, in every first part of them', () => {
    for (const rows of splits.slice(0, 4))
      for (let end = 1; end <= rows.length; end++) {
        const counts = kinds.map((kind) => rows.slice(0, end).filter((row) => row.kind === kind).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
  });

  it('have the right side longer, and its answer larger, as often as the other within every mistake, each also given the other', () => {
    for (const rows of splits)
      for (const kind of kinds) {
        const cells = new Map<string, number>();
        for (const row of rows.filter((each) => each.kind === kind)) {
          const cell = `${sign(row, features['characters'])} ${sign(row, features['final answer'])}`;
          cells.set(cell, (cells.get(cell) ?? 0) + 1);
        }
        const count = (cell: string) => cells.get(cell) ?? 0;
        expect(Math.abs(count('1 1') - count('-1 -1'))).toBeLessThanOrEqual(2);
        expect(Math.abs(count('1 -1') - count('-1 1'))).toBeLessThanOrEqual(2);
        expect(Math.abs(count('0 1') - count('0 -1'))).toBeLessThanOrEqual(3);
        const [larger, longer] = [1, 0].map((at) => [...cells].reduce((sum, [cell, n]) => sum + n * Number(cell.split(' ')[at]), 0));
        expect(Math.abs(larger ?? 9)).toBeLessThanOrEqual(1);
        expect(Math.abs(longer ?? 9)).toBeLessThanOrEqual(2);
      }
  });

  it('have as many lines on both sides', () => {
    for (const { chosen, rejected } of splits.flat()) expect(lines(chosen)).toBe(lines(rejected));
  });

  it('name one person and one thing, and differ by the mistake alone where it keeps the number of steps', () => {
    for (const { chosen, rejected, kind } of splits.flat())
      if (kind === 'operation' || kind === 'slip')
        expect(chosen.replaceAll(/\d+|[-+]/g, '')).toBe(rejected.replaceAll(/\d+|[-+]/g, ''));
  });

  it.each(Object.entries(habits))('cannot be told apart by %s', (_, feature) => {
    for (const rows of splits) {
      const value = aucOf(rows, feature);
      expect(value).toBeGreaterThanOrEqual(0.48);
      expect(value).toBeLessThanOrEqual(0.52);
    }
  });

  it.each(Object.entries(features))('cannot be told apart by %s within one mistake', (_, feature) => {
    for (const rows of splits)
      for (const kind of kinds) {
        const own = rows.filter((row) => row.kind === kind);
        expect(Math.abs(aucOf(own, feature) - 0.5)).toBeLessThanOrEqual(0.03);
        const margin = own.reduce((sum, row) => sum + sign(row, feature), 0) / (2 * own.length);
        expect(Math.abs(margin)).toBeLessThanOrEqual(0.02);
      }
  });
});

describe('generated choices', () => {
  it('have the right option at every position equally often', () => {
    for (const { choices } of sets) expect(counts(choices.map(({ label }) => label))).toEqual([25, 25, 25, 25]);
  });

  it('have the right option at every rank by answer equally often', () => {
    for (const { choices } of sets) {
      const ranks = choices.map(({ options, label }) => {
        const answers = options.map(lastNumber);
        expect(new Set(answers).size).toBe(4);
        return answers.filter((answer) => answer < (answers[label] ?? 0)).length;
      });
      expect(counts(ranks)).toEqual([25, 25, 25, 25]);
    }
  });

  it.each(['longer', 'shorter'])('are hit by the %s option as by chance', (name) => {
    for (const { choices } of sets) {
      const rows = choices.map((choice) => ({ ...choice, scores: choice.options.map(() => 0) }));
      const value = evaluateChoice({ rows }).baselines.find((baseline) => baseline.name === name)?.value ?? Number.NaN;
      expect(Math.abs(value - 0.25)).toBeLessThanOrEqual(0.02);
    }
  });
});

function aucOf(rows: ArithmeticPair[], feature: Feature): number {
  return auc(rows.map(({ chosen }) => feature(chosen)), rows.map(({ rejected }) => feature(rejected))) ?? Number.NaN;
}

function sign({ chosen, rejected }: ArithmeticPair, feature: Feature | undefined): number {
  return feature ? Math.sign(feature(chosen) - feature(rejected)) : Number.NaN;
}

function counts(values: number[]): number[] {
  return [0, 1, 2, 3].map((each) => values.filter((value) => value === each).length);
}

function lines(text: string): number {
  return text.split('\n').length;
}

function lastNumber(text: string): number {
  return Number(/(\d+)\.$/.exec(text)?.[1]);
}

function occurrences(sought: string): Feature {
  return (text) => text.split(sought).length - 1;
}
