import { generateArithmetic } from '../../../items/index.ts';
import { choiceColumns, pairColumns, questionColumns } from '../../../plan/columns.ts';
import type { Columns } from '../../../ports/artifacts.ts';
import type { StepKind } from '../kind.ts';

/** Generates word problems with right and plausibly wrong solutions: pairs to train and test on, choices, questions. */
export const datasetArithmetic: StepKind<'dataset/arithmetic'> = {
  shape: 'step',
  async work({ artifacts }, { node }) {
    const { train, test, choices, questions } = generateArithmetic(node.settings);
    const artifact = async (type: string, columns: Columns, rows: object[]) => {
      const shards = await artifacts.writeParquet({ columns, rows });
      return artifacts.writeManifest({ type, rows: rows.length, shards, meta: { prompt_format: 'question-answer' } });
    };
    return {
      train: await artifact('pairs', pairColumns, train),
      test: await artifact('pairs', pairColumns, test),
      choices: await artifact('choices', choiceColumns, choices),
      questions: await artifact('questions', questionColumns, questions),
    };
  },
};
