import type { Json, Scalar } from '../../plan/index.ts';
import { paramPattern, type ParamSpec } from '../../schemas/index.ts';
import { oneOf } from '../diagnostics/near.ts';
import { entryOf, type Tree } from '../read/tree.ts';

/** The types that a declaration may name; an enum lists its values instead. */
export const paramTypes = ['integer', 'number', 'string', 'boolean', 'step', 'checkpoint'] as const;

export type ParamType = (typeof paramTypes)[number] | 'enum';

/** The name of the param that a value refers to, as `$name`; null for a plain value. */
export function paramNameOf(value: Json | undefined): string | null {
  return typeof value === 'string' && isParam.test(value) ? value.slice(1) : null;
}

const isParam = new RegExp(paramPattern);

/** The type of a declared param; without a type it has an enum. */
export function typeOfParam(tree: Tree): ParamType {
  const type = entryOf(tree, 'type')?.value;
  return paramTypes.find((each) => type?.kind === 'leaf' && type.value === each) ?? 'enum';
}

/** Converts text from a command line to the type of a param. */
export function fromText(value: Scalar | undefined, type: ParamType): Scalar | undefined {
  if (typeof value !== 'string') return value;
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  const isNumber = value.trim() !== '' && /^[-+.0-9eE]+$/.test(value);
  return isNumber && (type === 'integer' || type === 'number') ? Number(value) : value;
}

/** The value in the type of the param, or null if it does not fit. */
export function accepted(value: Scalar | undefined, spec: ParamSpec, type: ParamType): Scalar | null {
  const { minimum = -Infinity, maximum = Infinity } = spec;
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum ? value : null;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) && value >= minimum && value <= maximum ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'string':
    case 'step':
    case 'checkpoint':
      return typeof value === 'string' && value !== '' && paramNameOf(value) === null ? value : null;
    case 'enum':
      return Array.isArray(spec.enum) ? (spec.enum.find((each) => isSameScalar(each, value)) ?? null) : null;
    default:
      return type satisfies never;
  }
}

/** Whether a value is the requested one: text is compared as written, numbers by value. */
export function isSameScalar(own: Scalar | undefined, asked: Scalar): boolean {
  if (own === asked || (typeof own === 'number' && typeof asked === 'number')) return own === asked;
  return String(own) === String(asked) || (typeof own === 'number' && String(asked).trim() !== '' && own === Number(asked));
}

/** What values a param accepts, in words. */
export function expectationOf(spec: ParamSpec, type: ParamType): string {
  if (type === 'enum') return oneOf((spec.enum ?? []).map(String)) ?? '';
  const { minimum, maximum } = spec;
  const bounds = [minimum === undefined ? '' : ` of at least ${minimum}`, maximum === undefined ? '' : ` of at most ${maximum}`];
  return `${words[type]}${bounds.filter(Boolean).join(' and')}`;
}

const words = {
  integer: 'a whole number',
  number: 'a number',
  string: 'text of at least 1 character',
  boolean: 'true or false',
  step: 'the id of a step, or step.output',
  checkpoint: 'the id of a step or the name of weights',
};
