import { tidyCode } from '../prompts/extract.ts';
import type { SyntaxReader } from './syntax.ts';

/** The place of an item: its origin and its number among equal texts. */
export interface ItemPlace {
  origin: string;
  ordinal: number;
}

/** One side of a pair: an answer, or a source file. */
export interface SideItem extends ItemPlace {
  /** Of an answer; a source file has none. */
  status?: string;
  /** Extracted code of an answer. */
  code?: string;
  /** The word behind the fence that the code was in; null where it was in none. */
  tag?: string | null;
  /** Text of a source file, or the whole answer. */
  text?: string;
  /** Tokens of the code. */
  tokens?: number | null;
  /** Share of its tests that an answer passes; absent where it did not run. */
  tests_passed?: number;
}

/** A side as it is compared and shown. */
export interface PairSide {
  /** `ok`, or why it is not used. */
  status: string;
  code: string;
  /** The code without its comments, where its language has a grammar. */
  bare: string;
  /** Whether the code follows the grammar of its language; null where it has none. */
  parses: boolean | null;
  tag: string | null;
  tokens: number | null;
  /** Whether a fence held it; null for a source file. */
  fenced: boolean | null;
  /** Share of its tests that it passes; null where it did not run. */
  testsPassed: number | null;
}

/** A source file is shown like an answer. The text of an answer is never taken for its code. */
export function sideOf(item: SideItem, language: string, read: SyntaxReader): PairSide {
  const isAnswer = item.status !== undefined;
  const code = item.code ?? (isAnswer ? '' : tidyCode(item.text ?? ''));
  const { status = 'ok', tag = null, tokens = null } = item;
  const syntax = read(code, language);
  return {
    status: status === 'ok' && code === '' ? 'empty' : status,
    code,
    bare: syntax?.bare ?? code,
    parses: syntax && syntax.parses,
    tag,
    tokens,
    fenced: isAnswer ? tag !== null : null,
    testsPassed: item.tests_passed ?? null,
  };
}

/** Characters of comments; null where the language has no grammar. */
export function commentsOf({ code, bare, parses }: PairSide): number | null {
  return parses === null ? null : code.length - bare.length;
}
