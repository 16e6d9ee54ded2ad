import type { Scalar } from 'yaml';
import type { Problem } from '../diagnostics/diagnostic.ts';
import type { Place } from '../diagnostics/source.ts';
import type { Leaf } from './tree.ts';
import { shortened } from '../diagnostics/words.ts';

/**
 * A single value: text that every program reads the same, or a number that was not rounded. Anything else becomes a broken leaf with
 * its problem.
 */
export function leafOf({ value, source = '' }: Scalar, at: Place): { leaf: Leaf; problem?: Problem } {
  const problem = problemOfValue(value, source, at);
  if (problem) return { leaf: broken(at), problem };
  if (typeof value === 'bigint' || typeof value === 'number') return { leaf: { kind: 'leaf', at, value: Number(value) || 0 } };
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return { leaf: { kind: 'leaf', at, value } };
  return { leaf: broken(at) };
}

/** A placeholder for a value that is already reported. */
export function broken(at: Place): Leaf {
  return { kind: 'leaf', at, value: null, broken: true };
}

/** Reports characters that an escape can produce although the file itself may not contain them. */
export function problemOfText(text: string, at: Place): Problem | null {
  const found = text.includes('\0') ? 'NUL' : text.isWellFormed() ? null : 'half of a surrogate pair';
  if (found === null) return null;
  return { code: 'E0102', at, message: `an escape produces ${found}, which text cannot contain`, hint: 'remove the escape' };
}

function problemOfValue(value: unknown, source: string, at: Place): Problem | null {
  if (typeof value === 'string') return problemOfText(value, at);
  if (typeof value !== 'bigint' && typeof value !== 'number') return null;
  const number = Number(value);
  if (!Number.isFinite(number) && typeof value === 'number')
    return inexact(at, `${shortened(source)} is not a finite number`, 'a finite number');
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER)
    return inexact(at, `the number ${shortened(source)} is too large to be represented exactly`, wholeNumbers);
  const [digits = ''] = source.split(/e/i);
  if (number === 0 && typeof value === 'number' && /[1-9]/.test(digits))
    return inexact(at, `the number ${shortened(source)} is too small to be distinguished from 0`, 'a number that can be represented');
  return null;
}

const wholeNumbers = `a number between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`;

function inexact(at: Place, message: string, expected: string): Problem {
  return { code: 'E0106', at, message, expected, hint: 'write it in quotes if it is a name' };
}
