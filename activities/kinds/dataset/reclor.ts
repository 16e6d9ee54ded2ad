import { readReclor } from '../../../items/index.ts';
import type { StepKind } from '../kind.ts';
import { readChoices } from './choices.ts';

/** Reads ReClor. It is measured on its validation part: the test part is published without labels. */
export const datasetReclor: StepKind<'dataset/reclor'> = {
  shape: 'step',
  work: (dependencies, { node }) =>
    readChoices(dependencies, node, { test: 'validation', reader: readReclor, licence: 'non-commercial research' }),
};
