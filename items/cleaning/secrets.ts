import type { SecretLintCoreConfig } from '@secretlint/types';
import type { PrivatePiece } from './replace.ts';

/** What is written in the place of a secret. */
const replacement = '<KEY>';

/** Finds keys, tokens and passwords in a text, by their form and by the names they are assigned to. */
export type FindSecrets = (text: string) => Promise<PrivatePiece[]>;

/** Prepares the search for secrets. */
export async function secretFinder(): Promise<FindSecrets> {
  const { lintSource } = await import('@secretlint/core');
  const { creator } = await import('@secretlint/secretlint-rule-preset-recommend');
  const rules = [{ id: '@secretlint/secretlint-rule-aws', options: { enableIDScanRule: true } }];
  const config: SecretLintCoreConfig = { rules: [{ id: creator.meta.id, rule: creator, options: {}, rules }] };
  return async (text) => {
    const source = { filePath: 'text', content: text, contentType: 'text' as const };
    const { messages } = await lintSource({ source, options: { config } });
    const known = messages.map(({ range: [start, end] }) => ({ start, end, sort: 'secret', replacement }));
    return [...known, ...privateKeys(text), ...assignedSecrets(text)];
  };
}

/** The line before a private key, or after it. */
const keyLimit = /-----(BEGIN|END) (?:[A-Z\d]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;

/** Characters in base64 that the shortest private key has at least. */
const leastOfKey = 40;

/** Private keys from their first line to their last, also in strings where the ends of lines are escaped. */
function privateKeys(text: string): PrivatePiece[] {
  const limits = [...text.matchAll(keyLimit)];
  return limits.flatMap(({ 0: line, 1: word, index: start }, at) => {
    const last = limits[at + 1];
    if (word !== 'BEGIN' || last?.[1] !== 'END' || !isKey(text.slice(start + line.length, last.index))) return [];
    return [{ start, end: last.index + last[0].length, sort: 'secret', replacement }];
  });
}

/** Most of a key are long runs of base64; code that looks for the lines around keys has none. */
function isKey(between: string): boolean {
  const runs = between.match(/[A-Za-z\d+/=]{16,}/g) ?? [];
  const characters = runs.reduce((sum, run) => sum + run.length, 0);
  return characters >= leastOfKey && characters >= between.length / 2;
}

/** A value between quotes that a name of a secret is given. */
const assignment =
  /(?:(?:api|access|auth|client|private|secret|account|master|encryption)[-_]?(?:key|token|secret)|passw(?:or)?d|secret|token)["']?\s*(?::?=|:|=>)\s*["']([\w+/=.~-]{20,200})["']/gi;

function assignedSecrets(text: string): PrivatePiece[] {
  return [...text.matchAll(assignment)].flatMap(({ 0: whole, 1: value = '', index }) => {
    const start = index + whole.length - 1 - value.length;
    return looksRandom(value) ? [{ start, end: start + value.length, sort: 'secret', replacement }] : [];
  });
}

/** Bits of information in a character of a random value; words have about three. */
const randomBits = 3.5;

function looksRandom(value: string): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || isPlain(value)) return false;
  const counts = [...Map.groupBy(value, (character) => character).values()].map(({ length }) => length / value.length);
  return -counts.reduce((sum, share) => sum + share * Math.log2(share), 0) >= randomBits;
}

/** Identifiers, words with points or hyphens between them, and values that say they are examples. */
const plainValues = [
  /^[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12}$/,
  /^[a-z]+(?:[._-][a-z]+)+\d*$/i,
  /example|sample|dummy|your|changeme|placeholder/i,
];

function isPlain(value: string): boolean {
  return plainValues.some((pattern) => pattern.test(value));
}
