import type { Scalar } from '../../plan/index.ts';
import type { Place } from '../diagnostics/source.ts';

/** A value as an axis gives it: plain, or `$name` for the value of another param in the same cell. */
export interface AxisValue {
  value: Scalar;
  at: Place;
}

/** The values that a combination of a sweep binds, by the names of params and groups of alternatives. */
export type Binding = Map<string, AxisValue>;
