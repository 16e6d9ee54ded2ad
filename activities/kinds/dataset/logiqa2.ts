import { readLogiqa2 } from '../../../items/index.ts';
import type { StepKind } from '../kind.ts';
import { readChoices } from './choices.ts';

/** Reads LogiQA 2.0. */
export const datasetLogiqa2: StepKind<'dataset/logiqa2'> = {
  shape: 'step',
  work: (dependencies, { node }) =>
    readChoices(dependencies, node, { test: 'test', reader: readLogiqa2, licence: 'CC-BY-NC-SA-4.0' }),
};
