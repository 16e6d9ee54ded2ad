import { Type, type TUnsafe } from '@sinclair/typebox';

/** What hover and completion show for a key. A key without a default has to be written. */
interface FieldOptions<T> {
  description: string;
  default?: T;
  examples: T[];
}

/** One of a closed list of words. */
export function choice<const T extends string>(values: readonly T[], options: FieldOptions<T>): TUnsafe<T> {
  return Type.Unsafe<T>({ type: 'string', enum: [...values], ...options });
}

/** A number that may be left open by `null`. */
export function orNull(
  type: 'integer' | 'number',
  options: FieldOptions<number | null> & { minimum?: number; maximum?: number; exclusiveMinimum?: number },
): TUnsafe<number | null> {
  return Type.Unsafe<number | null>({ type: [type, 'null'], ...options });
}

/** Text that may be left open by `null`. */
export function textOrNull(options: FieldOptions<string | null> & { minLength?: number; maxLength?: number }): TUnsafe<string | null> {
  return Type.Unsafe<string | null>({ type: ['string', 'null'], ...options });
}

/** An object whose keys are all known; its default is what the defaults of its keys make together. */
export const closed = { additionalProperties: false } as const;
