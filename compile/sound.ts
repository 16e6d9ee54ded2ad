import { isError } from './diagnostic.ts';
import type { Problem } from './diagnostic.ts';
import type { Place } from './source.ts';

/** Whether earlier passes found nothing wrong inside; what is not sound is reported already and not looked at again. */
export function isSound({ at, also }: { at: Place; also?: Place[] }, { earlier }: { earlier: Problem[] }): boolean {
  const places = also ? [at, ...also] : [at];
  return !earlier.some((problem) => isError(problem) && places.some((place) => problem.at && isInside(problem.at, place)));
}

function isInside(part: Place, whole: Place): boolean {
  return part.start >= whole.start && part.end <= whole.end && part.file === whole.file;
}
