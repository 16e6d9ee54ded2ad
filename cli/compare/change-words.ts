import { placesOf, type Bases } from '../../compile/index.ts';
import { scalarText, type Json, type PlanNode } from '../../plan/index.ts';
import { isEqualJson } from '../../plan/json.ts';
import type { ValueChange } from './compare.ts';
import { plainLine } from '../../text/index.ts';

/** A change in readable words. */
export interface ChangeWords {
  /** Which part of the key. */
  part: 'setting' | 'model' | 'resource' | 'kind' | 'content' | 'views';
  /** `schedule.lr`, `model strong: temperature`. */
  name: string;
  before: string;
  after: string;
  /** `pipeline.yaml:41`; null for a value that is in no file. */
  at: string | null;
}

/** Where the values of a pipeline are written: in its text or on the command line. */
export interface SpecPlaces {
  /** `file:line` of a value that is part of a node's key, by its path inside the key. */
  of(node: PlanNode, change: ValueChange): string | null;
  /** Whether the text has a step. */
  has(step: string): boolean;
  /** `file:line` of a key of a step's `with`. */
  ofInput(node: PlanNode, input: string): string | null;
}

interface SpecOptions {
  file: string;
  /** Null for a run that was started from a plan: then only the steps have places. */
  text: string | null;
  /** How the files it extends are found. */
  bases?: Bases;
  set: { [param: string]: Json };
}

/** Places in a pipeline's text and in what it extends. */
export function specPlaces({ file, text, bases, set }: SpecOptions): SpecPlaces {
  const places = placesOf({ file, source: text ?? '' }, bases);
  const stepOf = ({ at }: PlanNode): string => `${at.file ?? file}:${at.line}`;
  const spotOf = (node: PlanNode, paths: string[][], value: Json | undefined): string => {
    const spot = paths.map((path) => places.find(path)).find((found) => found !== null);
    if (!spot) return stepOf(node);
    const at = `${spot.file}:${spot.line}`;
    if (spot.param === undefined) return at;
    if (Object.hasOwn(set, spot.param)) return `--set ${spot.param}, used at ${at}`;
    const declared = places.find(['params', spot.param, 'default']);
    return declared && value !== undefined && isEqualJson(declared.value ?? null, value)
      ? `${declared.file}:${declared.line}`
      : `${at}, $${spot.param}`;
  };
  return {
    of(node, { path: [part = '', ...rest], after }) {
      const step = ['steps', node.step];
      if (part === 'version') return null;
      if (part === 'kind') return spotOf(node, [[...step, 'uses']], undefined);
      if (part === 'content') return null;
      if (part === 'models') return spotOf(node, modelPaths(node, rest), after);
      if (part === 'views') return spotOf(node, [['views']], undefined);
      return spotOf(node, [[...step, 'with', ...rest]], after);
    },
    has: (step) => places.find(['steps', step]) !== null,
    ofInput: (node, input) => spotOf(node, [['steps', node.step, 'with', input]], undefined),
  };
}

/** A changed part of a node's key in words. */
function changeWords(node: PlanNode, change: ValueChange, places: SpecPlaces): ChangeWords {
  const { path, before, after } = change;
  const [part = '', first = '', ...rest] = path;
  const words = { before: showValue(before), after: showValue(after), at: places.of(node, change) };
  if (part === 'version') return { ...words, part: 'kind', name: `version of the kind ${node.kind}` };
  if (part === 'kind') return { ...words, part: 'kind', name: 'kind' };
  if (part === 'content') return { ...words, part: 'content', name: `files of ${sourceOfNode(node)}` };
  if (part === 'views') return { ...words, part: 'views', name: 'views of the report' };
  if (part === 'resources') return { ...words, part: 'resource', name: first };
  if (part === 'models') return { ...words, part: 'model', name: modelName(node, first, rest) };
  return { ...words, part: 'setting', name: [first, ...rest].join('.') };
}

/** A node on both sides, and the parts of its key that differ. */
interface ChangedNode {
  before: PlanNode;
  after: PlanNode;
  changes: ValueChange[];
}

/** All changed parts of a node; a replaced model comes first. */
export function allChangeWords({ before, after, changes, places }: ChangedNode & { places: SpecPlaces }): ChangeWords[] {
  const roles = Object.keys(after.models).filter((role) => before.models[role] && before.models[role].name !== after.models[role]?.name);
  const renamed = roles
    .filter((role) => changes.some(({ path }) => path[0] === 'models' && path[1] === role))
    .map((role): ChangeWords => {
      const [old, now] = [before.models[role]?.name ?? '', after.models[role]?.name ?? ''];
      return { part: 'model', name: role, before: old, after: now, at: places.ofInput(after, role) };
    });
  return [...renamed, ...changes.map((change) => changeWords(after, change, places))];
}

/** Changes with their names and places, for JSON. */
export function namedChanges(node: PlanNode, changes: ValueChange[], places: SpecPlaces): object[] {
  return changes.map((change) => {
    const { name, at } = changeWords(node, change, places);
    return { ...change, name, at };
  });
}

/** `schedule.lr 3e-6 → 1e-6 (pipeline.yaml:41)`. */
export function changeText({ part, name, before, after, at }: ChangeWords): string {
  const text = part === 'content' || part === 'views' ? `the ${name} changed` : `${name} ${before} → ${after}`;
  return at === null ? text : `${text} (${at})`;
}

/** A value on one line: numbers as in the file, long digests and lists shortened. */
export function showValue(value: Json | undefined): string {
  if (value === undefined) return 'not set';
  if (typeof value === 'number' || typeof value === 'boolean') return scalarText(value);
  if (typeof value === 'string') return cut(/^[0-9a-f]{32,}$/.test(value) ? value.slice(0, 12) : value === '' ? '""' : plainLine(value));
  if (Array.isArray(value)) return cut(`[${value.map(showValue).join(', ')}]`);
  if (value === null) return 'none';
  return cut(`{${Object.entries(value).map(([key, inner]) => `${key}: ${showValue(inner)}`).join(', ')}}`);
}

const longest = 60;

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

function modelPaths({ step, models }: PlanNode, [role = '', kind = '', setting]: string[]): string[][] {
  const own = ['models', models[role]?.name ?? ''];
  const key = kind === 'identity' ? 'endpoint' : (setting ?? kind);
  return [...(kind === '' ? [] : [[...own, key]]), ['steps', step, 'with', role], own];
}

function modelName({ models }: PlanNode, role: string, rest: string[]): string {
  const model = `model ${models[role]?.name ?? role}`;
  if (rest.length === 0) return model;
  return rest[0] === 'identity' ? `${model}: weights` : `${model}: ${rest.at(-1)}`;
}

function sourceOfNode({ resources, step }: PlanNode): string {
  return Object.values(resources)[0]?.name ?? step;
}
