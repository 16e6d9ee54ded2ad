import { kindOf } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { listedNames } from '../diagnostics/near.ts';
import type { Leaf } from '../read/tree.ts';
import type { Step } from './steps.ts';

/** The N of Best-of-N that a step measures; none where it measures no Best-of-N. */
export function sizesOf(step: Step | undefined): readonly number[] {
  return (step && kindOf(step.kind).sizes?.(step.settings)) ?? [];
}

/** An N that a step is asked for and does not measure. */
export function unmeasuredSize(step: string, asked: Leaf, measured: readonly number[]): Problem {
  const size = String(asked.value);
  return {
    code: 'E0211',
    at: asked.at,
    message: `${step} does not measure Best-of-${size}`,
    expected: `one of ${listedNames(measured.map(String))}`,
    got: size,
    hint: `add ${size} to the n of ${step}`,
  };
}
