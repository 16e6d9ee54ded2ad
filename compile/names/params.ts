import type { ParamValues, Scalar } from '../../plan/index.ts';
import type { ParamSpec } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, oneOf, unknownName } from '../diagnostics/near.ts';
import { accepted, expectationOf, fromText, paramNameOf, paramTypes, typeOfParam, type ParamType } from '../check/param-values.ts';
import { remedyOf } from '../check/remedies.ts';
import type { Place } from '../diagnostics/source.ts';
import { isSound } from '../check/sound.ts';
import { entriesOf, entryOf, toJson, type Entry, type Tree } from '../read/tree.ts';
import { describeValue } from '../diagnostics/words.ts';

/** A param with its value; null if its declaration is wrong, which is reported there. */
export interface Param {
  name: string;
  value: Scalar | null;
  type: ParamType;
  at: Place;
  from: ValueSource;
  /** Why it does not accept the value that it was given instead of its default. */
  refusal?: Problem;
  /** What is wrong with a value that an axis or a choice gives to this param; null: nothing, or it names another param. */
  check(value: Scalar, at: Place): Problem | null;
}

/** Where the value of a param comes from; a value given with --set has no place. */
type ValueSource = { kind: 'default'; at?: Place | undefined } | { kind: 'set'; at?: Place | undefined } | { kind: 'axis'; at: Place };

export type Params = Map<string, Param>;

/**
 * The params of a file with their values: the default, or the value that was set. `groups` are further names that may be set;
 * `given` has the places of the values that come from files.
 */
export function readParams(
  root: Tree,
  {
    set,
    given = new Map(),
    earlier,
    groups,
  }: { set: ParamValues; given?: Map<string, Place> | undefined; earlier: Problem[]; groups: string[] },
): { params: Params; problems: Problem[] } {
  const problems: Problem[] = [];
  const params: Params = new Map();
  const declared = entriesOf(root, 'params');
  for (const [name, { key, value: tree }] of declared) {
    const { type, spec, wrong } = declarationOf(name, { key, value: tree }, earlier);
    const standard = entryOf(tree, 'default')?.value;
    const from: ValueSource = Object.hasOwn(set, name) ? { kind: 'set', at: given.get(name) } : { kind: 'default', at: standard?.at };
    const check = (value: Scalar, at: Place) => (spec === null ? null : misfit({ name, type, at: key }, spec, { value, at }));
    const param: Param = { name, value: null, type, at: key, from, check };
    params.set(name, param);
    if (wrong) problems.push(wrong);
    if (!spec) continue;
    if (standard && isSound(standard, { earlier })) param.value = defaultOf(param, spec, { at: standard.at, problems });
    if (from.kind === 'set') Object.assign(param, givenTo(param, spec, set[name]));
    else if (!standard) problems.push(withoutValue(param));
  }
  for (const [name, value] of Object.entries(set))
    if (!params.has(name) && !groups.includes(name))
      problems.push(
        unknownSet(name, value, { names: [...params.keys(), ...groups], given: given.get(name), at: entryOf(root, 'params')?.key ?? null }),
      );
  return { params, problems };
}

/** The keys of a declaration that decide which values it accepts. */
const deciding = ['type', 'enum', 'minimum', 'maximum'];

/** What a declaration says, as far as it has no errors; wrong bounds are left out. */
function declarationOf(
  name: string,
  { key, value: tree }: Entry,
  earlier: Problem[],
): { type: ParamType; spec: ParamSpec | null; wrong: Problem | null } {
  const type = typeOfParam(tree);
  const entries = deciding.flatMap((each) => entryOf(tree, each) ?? []);
  const isWritten =
    tree.kind === 'map' &&
    [{ at: key }, ...entries.flatMap((each) => [{ at: each.key }, each.value])].every((each) => isSound(each, { earlier }));
  if (!isWritten) return { type, spec: null, wrong: null };
  const hasType = tree.entries.has('type');
  if (hasType === tree.entries.has('enum')) return { type, spec: null, wrong: undecided(name, key, hasType) };
  const wrong = wrongBounds(name, type, tree);
  const spec = toJson(tree) as ParamSpec;
  const { minimum: _, maximum: __, ...unbounded } = spec;
  return { type, spec: wrong ? unbounded : spec, wrong };
}

/** Checks a value that an axis or a choice gives; `$name` means the value of another param, which is checked in the cell. */
function misfit(
  { name, type, at: declared }: Pick<Param, 'name' | 'type' | 'at'>,
  spec: ParamSpec,
  { value, at }: { value: Scalar; at: Place },
): Problem | null {
  if (paramNameOf(value) !== null || accepted(value, spec, type) !== null) return null;
  return {
    code: 'E0184',
    at,
    message: `${name} does not accept this value`,
    expected: expectationOf(spec, type),
    got: describeValue(value),
    hint: remedyOf(value, spec, type),
    related: [{ message: `${name} is declared here`, at: declared }],
  };
}

function undecided(name: string, at: Place, hasBoth: boolean): Problem {
  return {
    code: 'E0121',
    at,
    message: `the param ${name} needs either a type or an enum`,
    expected: `type: one of ${paramTypes.join(', ')}; or enum: a list of values`,
    got: hasBoth ? 'both' : 'neither',
    hint: hasBoth ? 'remove type: the values of enum are enough' : 'add type',
  };
}

/** Reports bounds of values that are not numbers, and bounds that no value satisfies. */
function wrongBounds(name: string, type: ParamType, tree: Tree): Problem | null {
  const [low, high] = ['minimum', 'maximum'].map((key) => entryOf(tree, key));
  const isNumber = type === 'integer' || type === 'number';
  const bound = low ?? high;
  if (bound && !isNumber)
    return {
      code: 'E0121',
      at: bound.key,
      message: `the param ${name} has no ${low ? 'minimum' : 'maximum'}, because its values are not numbers`,
      expected: 'bounds with type: integer or number only',
      got: type === 'enum' ? 'an enum' : `type: ${type}`,
      hint: 'remove it',
    };
  const { minimum = -Infinity, maximum = Infinity } = toJson(tree) as ParamSpec;
  if (minimum <= maximum || !low || !high) return null;
  return {
    code: 'E0121',
    at: high.value.at,
    message: `the param ${name} accepts no value: its maximum is below its minimum`,
    expected: `a maximum of at least ${minimum}`,
    got: `the number ${maximum}`,
    related: [{ message: 'its minimum', at: low.value.at }],
  };
}

function defaultOf({ name, type }: Param, spec: ParamSpec, { at, problems }: { at: Place; problems: Problem[] }): Scalar | null {
  const value = accepted(spec.default, spec, type);
  if (value === null)
    problems.push({
      code: 'E0121',
      at,
      message: `the default of the param ${name} does not fit its declaration`,
      expected: expectationOf(spec, type),
      got: describeValue(spec.default),
      hint: remedyOf(spec.default, spec, type),
    });
  return value;
}

/** The value given to a param instead of its default, or why the param does not accept it. */
function givenTo({ name, type, at, from }: Param, spec: ParamSpec, given: Scalar | undefined): Pick<Param, 'value' | 'refusal'> {
  const read = fromText(given, type);
  const value = accepted(read, spec, type);
  if (value !== null) return { value };
  const refusal: Problem = {
    code: 'E0124',
    at: from.at ?? at,
    message: `${settingOf(name, given, from.at)} does not fit the param`,
    expected: expectationOf(spec, type),
    got: describeValue(read ?? null),
    hint: remedyOf(given, spec, type),
    ...(from.at && { related: [{ message: `${name} is declared here`, at }] }),
  };
  return { value, refusal };
}

function withoutValue({ name, at }: Param): Problem {
  return { code: 'E0122', at, message: `the param ${name} has no value`, hint: `give one with --set ${name}=…, or add a default` };
}

/** How a value was given, as the user wrote it. */
export function settingOf(name: string, value: Scalar | undefined, given: Place | undefined): string {
  return given ? `${name}: ${String(value)}` : `--set ${name}=${String(value)}`;
}

/** Reports `$name` for a param that does not exist. */
export function unknownReference(name: string, at: Place, params: Params): Problem {
  return { ...unknownParam(name, at, params.keys()), code: 'E0120', got: `$${name}` };
}

/** Reports a key that names none of these params and groups of alternatives. */
export function unknownParam(name: string, at: Place, names: Iterable<string>): Problem {
  return { code: 'E0180', at, ...unknownName('param', name, { known: [...names], otherwise: `declare ${name} under params` }) };
}

function unknownSet(
  name: string,
  value: Scalar,
  { names, given, at }: { names: Iterable<string>; given: Place | undefined; at: Place | null },
): Problem {
  const known = [...names];
  return {
    code: 'E0124',
    at: given ?? at,
    message: `${settingOf(name, value, given)}: the ${given ? 'pipeline' : 'file'} has no param ${name}`,
    expected: oneOf(known),
    hint: didYouMean(name, known, 'declare it under params'),
  };
}
