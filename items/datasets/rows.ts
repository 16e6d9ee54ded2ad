import { digestOf } from '../../plan/keys.ts';

/** A pair with all columns of pairs. */
export interface DataPair {
  prompt: string;
  chosen: string;
  rejected: string;
  language: string;
  prompt_tokens: number | null;
  chosen_tokens: number | null;
  rejected_tokens: number | null;
  chosen_comments: number | null;
  rejected_comments: number | null;
  chosen_fenced: boolean | null;
  rejected_fenced: boolean | null;
  /** Digest that all pairs of one question share. */
  origin: string;
  /** Number of the pair among those of its question. */
  ordinal: number;
  /** The source it was read from. */
  repository: string;
  /** Part and number of the row it was made of: `train:17`. */
  path: string;
  commit: string;
  licence: string;
  generation_keys: string;
  kind: string;
  level: string;
}

export interface ChoiceRow {
  /** Index of the row. */
  question: number;
  prompt: string;
  options: string[];
  /** Index of the right option. */
  label: number;
  /** Digest that questions on one passage share; empty where there is none. */
  passage: string;
}

export interface QuestionRow {
  /** Index of the row. */
  question: number;
  /** What the solver is sent. */
  prompt: string;
  text: string;
  gold: string;
  /** As a reward model sees the question. */
  rm_prompt: string;
}

/** A pair as a reader makes it; what it leaves out is empty. */
export type PairTexts = Pick<DataPair, 'prompt' | 'chosen' | 'rejected'> & Partial<DataPair>;

/** A pair with all its columns; pairs of the same prompt share their origin. */
export function pairRow(texts: PairTexts): DataPair {
  return {
    language: 'English',
    prompt_tokens: null,
    chosen_tokens: null,
    rejected_tokens: null,
    chosen_comments: null,
    rejected_comments: null,
    chosen_fenced: null,
    rejected_fenced: null,
    origin: texts.origin ?? digestOfText(texts.prompt),
    ordinal: 0,
    repository: '',
    path: '',
    commit: '',
    licence: '',
    generation_keys: '[]',
    kind: '',
    level: '',
    ...texts,
  };
}

/** Pairs in their order, each with its number among those of its question. */
export function* numberedPairs(pairs: Iterable<DataPair>): Generator<DataPair> {
  const counts = new Map<string, number>();
  for (const pair of pairs) {
    const ordinal = counts.get(pair.origin) ?? 0;
    counts.set(pair.origin, ordinal + 1);
    yield { ...pair, ordinal };
  }
}

/** SHA-256 of a text, lower-case hex. */
export function digestOfText(text: string): string {
  return digestOf(new TextEncoder().encode(text));
}
