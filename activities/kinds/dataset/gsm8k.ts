import { readGsm8k, splitOf } from '../../../items/index.ts';
import type { StepKind } from '../kind.ts';
import { readProblems } from './problems.ts';

const layout = { parts: ['train', 'test'], partOf: splitOf };

/** Reads GSM8K. */
export const datasetGsm8k: StepKind<'dataset/gsm8k'> = {
  shape: 'step',
  work: (dependencies, { node }) =>
    readProblems(dependencies, node, { layout, needs: layout.parts, reader: readGsm8k, answers: 'numbers' }),
};
