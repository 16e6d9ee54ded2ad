import { generateArithmetic } from '../../../items/index.ts';
import { choiceColumns, pairColumns, questionColumns } from '../../../plan/columns.ts';
import type { JsonObject } from '../../../plan/index.ts';
import type { Columns } from '../../../ports/artifacts.ts';
import type { StepKind } from '../kind.ts';

interface Table {
  columns: Columns;
  rows: object[];
  meta?: JsonObject;
}

/** Generates word problems with right and plausibly wrong solutions: pairs to train and test on, choices, questions. */
export const datasetArithmetic: StepKind<'dataset/arithmetic'> = {
  shape: 'step',
  async work({ artifacts }, { node }) {
    const { train, test, choices, questions } = generateArithmetic(node.settings);
    const artifact = async (type: string, { columns, rows, meta = {} }: Table) => {
      const shards = await artifacts.writeParquet({ columns, rows });
      return artifacts.writeManifest({ type, rows: rows.length, shards, meta: { prompt_format: 'question-answer', ...meta } });
    };
    return {
      train: await artifact('pairs', { columns: pairColumns, rows: train }),
      test: await artifact('pairs', { columns: pairColumns, rows: test }),
      choices: await artifact('choices', { columns: choiceColumns, rows: choices }),
      questions: await artifact('questions', { columns: questionColumns, rows: questions, meta: { answers: 'numbers' } }),
    };
  },
};
