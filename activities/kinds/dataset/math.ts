import { mathLayout, readMath } from '../../../items/index.ts';
import type { StepKind } from '../kind.ts';
import { readProblems } from './problems.ts';

/** Reads MATH, or MATH-500, whose published folder may have no training part. */
export const datasetMath: StepKind<'dataset/math'> = {
  shape: 'step',
  work: (dependencies, { node }) =>
    readProblems(dependencies, node, { layout: mathLayout, needs: ['test'], reader: readMath, answers: 'mathematics' }),
};
