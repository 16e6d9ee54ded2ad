import type { Scalar } from '../../plan/index.ts';
import type { ParamSpec, SchemaObject } from '../../schemas/index.ts';
import { didYouMean, wholeValue } from '../diagnostics/near.ts';
import { paramNameOf, type ParamType } from './param-values.ts';

/** What to write instead of a value that a param does not accept, if that is obvious. */
export function remedyOf(value: Scalar | undefined, spec: ParamSpec, type: ParamType): string | undefined {
  if (type === 'enum') return didYouMean(String(value), (spec.enum ?? []).map(String));
  if (paramNameOf(value) !== null) return 'write the value itself: $name can only be used in axes, choices and steps';
  return writtenValue({ type }, value);
}

/** How to write the value so that the schema accepts it, if that is obvious. */
export function writtenValue(schema: SchemaObject, value: unknown): string | undefined {
  const types = [schema['type']].flat();
  if (types.includes('object') && Array.isArray(value) && 'propertyNames' in schema)
    return 'write each as name: …, without a dash or brackets';
  if (types.includes('array') && typeof value !== 'object') return asList(value);
  if (typeof value !== 'string') return undefined;
  if (isCapital(value)) return lowerCase(value);
  if (types.includes('boolean') && /^(yes|on|y)$/i.test(value)) return 'write true';
  if (types.includes('boolean') && /^(no|off|n)$/i.test(value)) return 'write false';
  const isNumber = /^[-+]?[0-9.]+(e[-+]?[0-9]+)?$/i.test(value) && Number.isFinite(Number(value));
  const fits = types.includes('number') || (types.includes('integer') && Number.isInteger(Number(value)));
  return isNumber && fits ? 'write it without quotes' : undefined;
}

/** In quotes if the text would otherwise be read as something else. */
function asList(value: unknown): string {
  const isPlain = typeof value !== 'string' || (/^[a-z][\w./-]*$/i.test(value) && !/^(true|false|null)$/i.test(value));
  const item = isPlain ? String(value) : JSON.stringify(value);
  return item.length > 60 ? 'write it as a list, between [ and ]' : `write it as a list: [${item}]`;
}

/** A hint for a text that contains the name of a param, which somebody expected to be replaced. */
export function noInterpolation(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/\$\w/.test(value)) return undefined;
  const [, name, output] = /^\$([\w-]+)(\.[\w-]+)?$/.exec(value) ?? [];
  if (name === undefined) return wholeValue;
  if (output !== undefined) return `write only $${name}: its value may name an output, as in step${output}`;
  return isCapital(value) ? lowerCase(value) : 'a param cannot be used here: write the value itself';
}

/** Whether a text is the name of a param except for its capitals. */
function isCapital(text: string): boolean {
  return paramNameOf(text) === null && paramNameOf(text.toLowerCase()) !== null;
}

function lowerCase(text: string): string {
  return `names of params are lower case: write ${text.toLowerCase()}`;
}

/** A hint for a path or a URL written where a declared name is expected. */
export function noPlace(schema: SchemaObject, value: unknown): string | undefined {
  const isName = / of /.test(String(schema['title'] ?? ''));
  const isPlace = typeof value === 'string' && /^[~./]|\/\/|\\/.test(value);
  return isName && isPlace ? 'declare paths and URLs in codepmp.config.yaml, and write their name from there' : undefined;
}
