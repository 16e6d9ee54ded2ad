import { Composer, Document, Parser, isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { broken, leafOf, problemOfText } from './leaf.ts';
import { limits, scan, tooDeep, tooMany } from './limits.ts';
import { slipAt } from './slips.ts';
import type { Place } from '../diagnostics/source.ts';
import type { Entry, Tree } from './tree.ts';
import { problemsOfYaml, type Fault } from './yaml-faults.ts';

/**
 * First pass: text → tree. It reports everything that YAML allows and the language does not, because later passes rely on plain
 * values with places. The tree is null if the text cannot be read at all. `most`: the most keys and values it may have; `values`: how
 * many it has.
 */
export function parse(text: string, most: number = limits.values): { tree: Tree | null; values: number; problems: Problem[] } {
  const { problems, lexemes } = scan(text, most);
  if (!lexemes) return { tree: null, values: 0, problems };
  const { document, endedAt } = compose(lexemes, text.length);
  const faults = faultsOf(document);
  if (faults.length > 0)
    return { tree: null, values: 0, problems: [...problems, ...problemsOfYaml(text, (part) => (part === text ? faults : faultsIn(part)))] };
  if (endedAt !== null) return { tree: null, values: 0, problems: [...problems, tooDeep({ start: endedAt, end: endedAt + 1 })] };
  const walk: ParseWalk = { problems, most, values: 0 };
  const tree = toTree(document.contents, { walk, depth: 1, fallback: { start: 0, end: 0 } });
  return { tree: walk.values > most ? null : tree, values: walk.values, problems };
}

const options = {
  version: '1.2',
  schema: 'core',
  strict: true,
  stringKeys: true,
  uniqueKeys: false,
  intAsBigInt: true,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** The errors of the parser; tags are already reported by `scan`. */
function faultsOf({ errors, warnings }: Document.Parsed | Document): Fault[] {
  return [...errors, ...warnings].filter(({ code }) => code !== 'TAG_RESOLVE_FAILED');
}

function faultsIn(text: string): Fault[] {
  const { lexemes } = scan(text);
  return lexemes ? faultsOf(compose(lexemes, text.length).document) : [];
}

/** The most open tokens in a correct text: a level takes two. */
const mostOpen = 4 * limits.depth;

/**
 * Composes the one document of a text. Mistakes can nest every line inside the one before, deeper than the parser can recurse; such a
 * text is read only up to that depth, which includes its first mistake.
 */
function compose(lexemes: string[], length: number): { document: Document.Parsed | Document; endedAt: number | null } {
  const parser = new Parser();
  let endedAt: number | null = null;
  const tokens = (function* () {
    for (const lexeme of lexemes) {
      if (parser.stack.length > mostOpen) {
        endedAt = parser.offset;
        break;
      }
      yield* parser.next(lexeme);
    }
    yield* parser.end();
  })();
  return withoutStacks(() => {
    const [document] = new Composer(options).compose(tokens, true, length);
    return { document: document ?? new Document(null), endedAt };
  });
}

/** The parser creates an error for each mistake; recording a stack trace for each would take most of the time. */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

interface ParseWalk {
  problems: Problem[];
  most: number;
  values: number;
}

interface ParseContext {
  walk: ParseWalk;
  depth: number;
  /** The place used for a value without text. */
  fallback: Place;
}

function toTree(node: unknown, context: ParseContext): Tree {
  const { walk, depth, fallback } = context;
  const at = rangeOf(node) ?? fallback;
  if (++walk.values === walk.most + 1) walk.problems.push(tooMany(at));
  if (walk.values > walk.most) return broken(at);
  if (isMap(node) || isSeq(node)) {
    if (depth > limits.depth) {
      walk.problems.push(tooDeep(at));
      return broken(at);
    }
    if (isMap(node)) return { kind: 'map', at, entries: entriesOfMap(node, context) };
    return { kind: 'list', at, items: node.items.map((item) => toTree(item, { walk, depth: depth + 1, fallback: at })) };
  }
  if (isScalar(node)) {
    const { leaf, problem } = leafOf(node, at);
    if (problem) walk.problems.push(problem);
    return leaf;
  }
  return node === null || node === undefined ? { kind: 'leaf', at, value: null } : broken(at);
}

function entriesOfMap(map: YAMLMap, { walk, depth }: ParseContext): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const pairs = map.items as Pair[];
  for (let index = 0; index < pairs.length; index++) {
    const pair = pairs[index] as Pair;
    const key = rangeOf(pair.key) ?? { start: 0, end: 0 };
    const slip = slipAt(pairs, index);
    if (slip) {
      walk.problems.push(slip.problem);
      if (slip.name !== null && !entries.has(slip.name)) entries.set(slip.name, { key, value: broken(slip.problem.at) });
      index += slip.entries - 1;
      continue;
    }
    const name = isScalar(pair.key) ? String(pair.key.value) : '';
    walk.values++;
    const value = toTree(pair.value, { walk, depth: depth + 1, fallback: key });
    const problem = problemOfKey(name, key, entries.get(name));
    if (problem) walk.problems.push(problem);
    else entries.set(name, { key, value });
  }
  return entries;
}

/** Names that every plain object inherits: used as keys they would be found although nothing was written. */
const reserved = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

function problemOfKey(name: string, at: Place, earlier: Entry | undefined): Problem | null {
  const unreadable = problemOfText(name, at);
  if (unreadable) return unreadable;
  if (reserved.has(name)) return { code: 'E0107', at, message: `the key ${name} is reserved`, hint: 'choose another name' };
  if (name === '<<')
    return { code: 'E0104', at, message: 'a merge key is not part of the language', got: 'a merge key', hint: 'write the keys out' };
  if (!earlier) return null;
  return {
    code: 'E0105',
    at,
    message: `the key ${quotedKey(name)} occurs twice`,
    expected: 'each key once',
    hint: 'remove or rename one of the two',
    label: 'written here again',
    related: [{ message: 'first written here', at: earlier.key }],
  };
}

function rangeOf(node: unknown): Place | null {
  const range = (node as { range?: [number, number, number] | null } | null)?.range;
  return range ? { start: range[0], end: range[1] } : null;
}

function quotedKey(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}
