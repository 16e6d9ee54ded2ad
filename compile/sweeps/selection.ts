import type { ParamValues, Scalar } from '../../plan/index.ts';
import { isSameScalar, paramNameOf } from '../check/param-values.ts';

/** Whether a cell has these values; text is compared as written, numbers by value. */
export function hasValues(values: ParamValues, selector: ParamValues): boolean {
  return Object.entries(selector).every(([name, value]) => Object.hasOwn(values, name) && isSameScalar(values[name], value));
}

/** The value of a param or the choice of a group in a cell, if it has one. */
export type ValueOf = (name: string) => Scalar | undefined;

/** Whether a cell has these values, each plain, or `$name` for the value of that param in the same cell. */
export function createMatcher(asked: Iterable<[name: string, value: Scalar]>): (valueOf: ValueOf) => boolean {
  const entries = [...asked].map(([name, value]) => ({ name, value, other: paramNameOf(value) }));
  return (valueOf) =>
    entries.every(({ name, value, other }) => {
      const own = valueOf(name);
      return own !== undefined && isSameScalar(own, other === null ? value : (valueOf(other) ?? value));
    });
}
