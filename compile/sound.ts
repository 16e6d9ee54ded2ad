import { isError } from './diagnostic.ts';
import type { Problem } from './diagnostic.ts';
import type { Place } from './source.ts';

/** Whether earlier passes found nothing wrong inside; what is not sound is reported already and not looked at again. */
export function isSound({ at }: { at: Place }, { earlier }: { earlier: Problem[] }): boolean {
  return !earlier.some(
    (problem) => problem.at && isError(problem) && problem.at.start >= at.start && problem.at.end <= at.end,
  );
}
