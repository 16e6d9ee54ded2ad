import type { Mistake } from './mistake.ts';

/** A generated pair with all columns of pairs; those that tell of source files are empty. */
export interface ArithmeticPair {
  /** As the model sees it, in the format `question-answer`. */
  prompt: string;
  chosen: string;
  rejected: string;
  language: string;
  chosen_tokens: null;
  rejected_tokens: null;
  /** SHA-256 of the question's text. */
  origin: string;
  ordinal: number;
  repository: string;
  path: string;
  commit: string;
  licence: string;
  generation_keys: string;
  /** Mistake of the rejected solution. */
  kind: Mistake;
  level: '';
}

export interface ChoiceRow {
  /** Index of the row. */
  question: number;
  prompt: string;
  options: string[];
  /** Index of the right option. */
  label: number;
  passage: '';
}

export interface QuestionRow {
  /** Index of the row. */
  question: number;
  /** What the solver is sent. */
  prompt: string;
  text: string;
  gold: string;
  /** As a reward model sees the question, in the format `question-answer`. */
  rm_prompt: string;
}
