import { generateArithmetic } from '../../../items/index.ts';
import { promptFormatOf } from '../../../schemas/index.ts';
import type { StepKind } from '../kind.ts';
import { writeChoices, writePairs, writeQuestions } from './write.ts';

/** Generates word problems with right and plausibly wrong solutions: pairs to train and test on, choices, questions. */
export const datasetArithmetic: StepKind<'dataset/arithmetic'> = {
  shape: 'step',
  async work(dependencies, { node }) {
    const { train, test, choices, questions } = generateArithmetic(node.settings);
    const meta = { prompt_format: promptFormatOf(node.kind) };
    return {
      train: await writePairs(dependencies, train, meta),
      test: await writePairs(dependencies, test, meta),
      choices: await writeChoices(dependencies, choices, meta),
      questions: await writeQuestions(dependencies, questions, { ...meta, answers: 'numbers' }),
    };
  },
};
