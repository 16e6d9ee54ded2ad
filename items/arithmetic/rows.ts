import type { DataPair } from '../datasets/rows.ts';
import type { Mistake } from './mistake.ts';

/** A generated pair, its prompt in the format `question-answer`. */
export interface ArithmeticPair extends DataPair {
  /** Mistake of the rejected solution. */
  kind: Mistake;
}
