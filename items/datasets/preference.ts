import type { DataRow } from './fields.ts';
import type { PairTexts } from './rows.ts';
import { answerOfTurns, promptOfTurns } from './turns.ts';

/** Names of the columns of a preference data set. */
interface PreferenceColumns {
  prompt: string;
  chosen: string;
  rejected: string;
}

/** A pair of these columns, each a text or messages of a conversation. */
export function readPreference(row: DataRow, columns: PreferenceColumns): PairTexts | string {
  const prompt = promptOfTurns(row[columns.prompt]);
  if (prompt === undefined) return `no-${columns.prompt}`;
  const [chosen, rejected] = [answerOfTurns(row[columns.chosen]), answerOfTurns(row[columns.rejected])];
  if (chosen === undefined) return `no-${columns.chosen}`;
  if (rejected === undefined) return `no-${columns.rejected}`;
  return chosen === rejected ? 'equal-sides' : { prompt, chosen, rejected, language: '' };
}
