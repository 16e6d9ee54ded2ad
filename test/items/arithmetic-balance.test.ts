import { describe, expect, it } from 'vitest';
import { generateArithmetic } from '../../items/index.ts';
import type { ArithmeticPair } from '../../items/index.ts';
import { auc } from '../../stats/index.ts';

type Feature = (text: string) => number;

const features: { [name: string]: Feature } = {
  characters: (text) => text.length,
  'final answer': lastNumber,
  lines: (text) => text.split('\n').length,
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

const sets = Array.from({ length: 30 }, (_, seed) => generateArithmetic({ train: 300, test: 400, choices: 100, questions: 1, seed: seed + 1 }));
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

  it('have the right side longer, and its answer larger, in one half of every mistake, independently of each other', () => {
    for (const rows of splits)
      for (const kind of kinds) {
        const cells = new Map<string, number>();
        for (const row of rows.filter((each) => each.kind === kind)) {
          const cell = `${sign(row, features['characters'])} ${sign(row, features['final answer'])}`;
          cells.set(cell, (cells.get(cell) ?? 0) + 1);
        }
        expect([...cells.keys()].sort()).toEqual(['-1 -1', '-1 1', '1 -1', '1 1']);
        expect(Math.max(...cells.values()) - Math.min(...cells.values())).toBeLessThanOrEqual(1);
      }
  });

  it.each(Object.entries(habits))('can not be told apart by %s', (_, feature) => {
    for (const rows of splits) {
      const value = aucOf(rows, feature);
      expect(value).toBeGreaterThanOrEqual(0.48);
      expect(value).toBeLessThanOrEqual(0.52);
    }
  });

  it.each(Object.entries(features))('can not be told apart by %s within one mistake', (_, feature) => {
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

  it.each([
    ['length', (text: string) => text.length],
    ['answer', lastNumber],
  ])('have the right option at every rank by %s equally often', (_, feature) => {
    for (const { choices } of sets) {
      const ranks = choices.map(({ options, label }) => {
        const values = options.map(feature);
        expect(new Set(values).size).toBe(4);
        return values.filter((value) => value < (values[label] ?? 0)).length;
      });
      expect(counts(ranks)).toEqual([25, 25, 25, 25]);
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

function lastNumber(text: string): number {
  return Number(/(\d+)\.$/.exec(text)?.[1]);
}

function occurrences(sought: string): Feature {
  return (text) => text.split(sought).length - 1;
}
