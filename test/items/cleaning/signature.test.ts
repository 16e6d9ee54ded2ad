import { describe, expect, it } from 'vitest';
import {
  bandHash,
  bands,
  bytesOfSignature,
  languageHash,
  matchesOf,
  shinglesOf,
  signatureOf,
  signatureVersion,
  similarityOf,
} from '../../../items/cleaning/signature.ts';

const words = (from: number, to: number): string => Array.from({ length: to - from }, (_, at) => `w${from + at}`).join(' ');
const bytesOf = (text: string): Uint8Array => bytesOfSignature(signatureOf(shinglesOf(text)) ?? new Uint32Array());

describe('a signature', () => {
  it('is the same in every version of the code: what is stored stays comparable', () => {
    const signature = signatureOf(shinglesOf('def add(a, b):\n    return a + b\n')) ?? new Uint32Array();
    expect(signatureVersion).toBe(1);
    expect([...shinglesOf('def add(a, b):\n    return a + b\n')]).toEqual([109805340, 1149213621, 277405357]);
    expect(Array.from(signature.subarray(0, 8))).toEqual([1140439, 10013288, 6713362, 5099163, 5207416, 7675640, 11544677, 2686800]);
    expect(bandHash(signature, 3, languageHash('Python'))).toEqual({ hash: 120540488, bucket: 16 });
    expect(Array.from(bytesOf(words(0, 400)).subarray(0, 8))).toEqual([171, 168, 168, 192, 133, 29, 212, 176]);
  });

  it('is of words alone: other characters only separate them', () => {
    expect(shinglesOf('a_1 b2, ä c:d--e\nf')).toEqual(shinglesOf('a_1(b2)c d e;f'));
    expect(shinglesOf('a b c d')).toHaveLength(0);
    expect(shinglesOf('')).toHaveLength(0);
    expect(signatureOf(shinglesOf('a b c d'))).toBeNull();
  });

  it('does not depend on the order of the shingles, nor on repeated ones', () => {
    const shingles = shinglesOf(words(0, 300));
    expect(signatureOf(Uint32Array.from([...shingles, ...shingles]).toReversed())).toEqual(signatureOf(shingles));
  });

  it.each([
    [6, 4],
    [60, 50],
    [600, 450],
    [6000, 5000],
  ])('of %i words estimates the similarity to one that shares %i of them', (all, shared) => {
    const errors = Array.from({ length: 40 }, (_, nth) => {
      const start = nth * 100_000;
      const matches = matchesOf(bytesOf(words(start, start + all)), bytesOf(words(start + all - shared, start + 2 * all - shared)));
      return similarityOf(matches) - (shared - 4) / (2 * (all - 4) - (shared - 4));
    });
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.12);
  });

  it('agrees in a band with one of another language never', () => {
    const signature = signatureOf(shinglesOf(words(0, 50))) ?? new Uint32Array();
    const hashes = (language: string) => Array.from({ length: bands }, (_, band) => bandHash(signature, band, languageHash(language)).hash);
    expect(hashes('C').filter((hash, band) => hash === hashes('C++')[band])).toEqual([]);
  });
});
