import type { Scalar } from '../../plan/index.ts';
import type { Place } from '../diagnostics/source.ts';

/** A value as an axis gives it: plain, or `$name` for the value of another param in the same cell. */
export interface AxisValue {
  value: Scalar;
  at: Place;
}

/** What a combination of a sweep binds: names of params and of groups of alternatives. */
export type Binding = Map<string, AxisValue>;
