import { isError, type Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';

/** Whether earlier passes found no errors inside; what has errors is already reported and not checked again. */
export function isSound({ at, also = [] }: { at: Place; also?: Place[] }, { earlier }: { earlier: Problem[] }): boolean {
  const errors = indexes.get(earlier) ?? indexOf(earlier);
  indexes.set(earlier, errors);
  return !holds(errors, at) && !also.some((place) => holds(errors, place));
}

/** The places of the errors of each file, by their start; `end` is the first end of those that start here or later. */
type Errors = Map<string | undefined, { start: number; end: number }[]>;

/** A file may have thousands of errors, and this is asked for every value. */
const indexes = new WeakMap<Problem[], Errors>();

function indexOf(problems: Problem[]): Errors {
  const errors: Errors = new Map();
  const places = problems.filter(isError).flatMap(({ at }) => at ?? []);
  for (const { start, end, file } of places.sort((a, b) => b.start - a.start)) {
    const later = errors.get(file) ?? [];
    errors.set(file, later);
    later.push({ start, end: Math.min(end, later.at(-1)?.end ?? Infinity) });
  }
  for (const ofFile of errors.values()) ofFile.reverse();
  return errors;
}

function holds(errors: Errors, { start, end, file }: Place): boolean {
  const ofFile = errors.get(file) ?? [];
  let low = 0;
  let high = ofFile.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ofFile[middle]?.start ?? 0) >= start) high = middle;
    else low = middle + 1;
  }
  return (ofFile[low]?.end ?? Infinity) <= end;
}
