import { numberedPairs, type ChoiceRow, type DataPair, type QuestionRow } from '../../../items/index.ts';
import { choiceColumns, pairColumns, questionColumns } from '../../../plan/columns.ts';
import type { Digest, JsonObject } from '../../../plan/index.ts';
import type { Columns } from '../../../ports/artifacts.ts';
import type { Dependencies } from '../../dependencies.ts';
import { inTurns } from './in-turns.ts';

type Writing = Pick<Dependencies, 'artifacts'>;

/** Writes pairs, each with its number among those of its question. */
export function writePairs(dependencies: Writing, rows: Iterable<DataPair>, meta: JsonObject): Promise<Digest> {
  return write(dependencies, { type: 'pairs', columns: pairColumns, rows: numberedPairs(rows), meta });
}

/** Writes questions with options. */
export function writeChoices(dependencies: Writing, rows: ChoiceRow[], meta: JsonObject): Promise<Digest> {
  return write(dependencies, { type: 'choices', columns: choiceColumns, rows, meta });
}

/** Writes questions for a solver. */
export function writeQuestions(dependencies: Writing, rows: QuestionRow[], meta: JsonObject): Promise<Digest> {
  return write(dependencies, { type: 'questions', columns: questionColumns, rows, meta });
}

interface ArtifactTable {
  type: string;
  columns: Columns;
  rows: Iterable<object>;
  meta: JsonObject;
}

async function write({ artifacts }: Writing, { type, columns, rows, meta }: ArtifactTable): Promise<Digest> {
  const shards = await artifacts.writeParquet({ columns, rows: inTurns(rows) });
  return artifacts.writeManifest({ type, rows: shards.reduce((sum, shard) => sum + shard.rows, 0), shards, meta });
}
