import { posix } from 'node:path';
import { decode } from './decode.ts';
import type { Problem } from './diagnostic.ts';
import { mergeTrees } from './extends-merge.ts';
import type { Findings } from './extends-merge.ts';
import { readBaseName } from './extends-name.ts';
import type { Bases, NamedFile } from './extends-read.ts';
import { limits, tooMany } from './limits.ts';
import { didYouMean, oneOf } from './near.ts';
import { parse } from './parse.ts';
import { createSource, createSourceFiles } from './source.ts';
import type { Place, SourceFiles } from './source.ts';
import { entryOf, toJson, valuesIn } from './tree.ts';
import type { Entry, Tree } from './tree.ts';
import { describeValue } from './words.ts';

/** Levels that a file may be away from the last one it extends. */
export const mostLevels = 8;

export interface ExtendOptions {
  bases: Bases;
  /** Every file that is read is made known here. */
  sources: SourceFiles;
}

/** A file over what it extends; the tree is null where one of them can not be read. */
export interface Extended extends Findings {
  tree: Tree | null;
}

/** A file as a tree over what it extends, with the files that were read. */
export function readWhole({ file, source: bytes }: NamedFile, bases: Bases): Extended & { sources: SourceFiles } {
  const { text, problem } = decode(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
  const sources = createSourceFiles(createSource(file, text));
  if (problem) return { tree: null, sources, problems: [problem], removed: new Map() };
  const parsed = parse(text);
  if (!parsed.tree) return { tree: null, sources, problems: parsed.problems, removed: new Map() };
  const { problems, ...extended } = extend(parsed.tree, { bases, sources });
  return { ...extended, sources, problems: [...parsed.problems, ...problems] };
}

/**
 * Between parsing and the schema: the tree of a file merged over those it extends, each place with the name of its file. The
 * schema sees the merged tree alone, so a file of six lines is checked as strictly as the whole it stands for.
 */
export function extend(own: Tree, { bases, sources }: ExtendOptions): Extended {
  const problems: Problem[] = [];
  const removed = new Map<string, Place>();
  const tree = overBases(own, { bases, sources, problems, removed, file: posix.normalize(sources.main.file), links: [] });
  const at = entryOf(own, 'extends')?.value.at;
  if (!tree || !at || count(tree) <= limits.nodes) return { tree, problems, removed };
  return { tree: null, problems: [...problems, tooMany(at)], removed };
}

/** Problems about names, beside the place where null removes what they name. */
export function besideRemovals(problems: Problem[], removed: Map<string, Place>): Problem[] {
  if (removed.size === 0) return problems;
  return problems.map((problem) => {
    const name = /^\$?([^.]*)/.exec(problem.got ?? '')?.[1] ?? '';
    const [at] = (sectionsOf[problem.code] ?? []).flatMap((section) => removed.get(`${section}.${name}`) ?? []);
    return at ? { ...problem, related: [...(problem.related ?? []), { message: `${name} is removed here`, at }] } : problem;
  });
}

/** What names mean in problems of these codes. */
const sectionsOf: { readonly [code: string]: string[] } = {
  E0120: ['params'],
  E0130: ['steps'],
  E0140: ['models'],
  E0180: ['params', 'alternatives'],
  E0210: ['sweeps', 'steps', 'params', 'alternatives'],
};

interface Walk extends ExtendOptions, Findings {
  /** The file whose base is looked for. */
  file: string;
  /** The steps that led to it. */
  links: Link[];
}

interface Link {
  file: string;
  /** Where it says what it extends. */
  at: Place;
}

function overBases(tree: Tree, walk: Walk): Tree | null {
  const entry = entryOf(tree, 'extends');
  if (!entry) return tree;
  const base = readBase(entry, walk);
  if (!base) return null;
  const links = [...walk.links, { file: walk.file, at: entry.value.at }];
  const whole = overBases(base.tree, { ...walk, file: base.file, links });
  return whole && mergeTrees(whole, tree, walk);
}

/** The tree of the file that an entry names; what stands in the way is reported. */
function readBase({ value }: Entry, walk: Walk): { tree: Tree; file: string } | null {
  const { bases, sources, problems, file, links } = walk;
  const { at } = value;
  const written = value.kind === 'leaf' && typeof value.value === 'string' ? value.value : null;
  const name = written === null ? null : readBaseName(written, file);
  if (written === null || name === null) {
    problems.push(malformed(written ?? describeValue(toJson(value)), { at, names: bases.names(file) }));
    return null;
  }
  const target = name.kind === 'file' ? name.path : null;
  const before = [...links, { file, at }].findIndex((link) => link.file === target);
  if (before !== -1) problems.push(circle(at, { links: [...links, { file, at }].slice(before) }));
  else if (links.length >= mostLevels) problems.push(tooManyLevels(at));
  if (before !== -1 || links.length >= mostLevels) return null;
  const found = bases.read(name);
  if (!found) problems.push(missing(written, { at, names: bases.names(file) }));
  const inBase: Problem[] = [];
  const isTooLarge = found !== null && sizeOf(sources) + found.source.length > limits.bytes;
  if (isTooLarge) problems.push(tooLarge(at));
  const tree = found && !isTooLarge ? readForeign(found, { sources, problems: inBase }) : null;
  const way = { message: `${file} extends it here`, at };
  problems.push(...inBase.map((problem) => ({ ...problem, related: [...(problem.related ?? []), way] })));
  const version = entryOf(tree ?? undefined, 'codepmp')?.value;
  const isOther = version?.kind !== 'leaf' || version.value !== 1;
  if (found && tree && isOther) problems.push(otherVersion(version?.at ?? { start: 0, end: 0, file: found.file }));
  return found && tree && { tree, file: found.file };
}

/** Another file than the pipeline itself as a tree, read with the same care; every place names it. */
export function readForeign({ file, source }: NamedFile, { sources, problems }: { sources: SourceFiles; problems: Problem[] }): Tree | null {
  const { text, problem } = decode(typeof source === 'string' ? new TextEncoder().encode(source) : source);
  sources.add(createSource(file, text));
  const parsed = problem ? { tree: null, problems: [problem] } : parse(text);
  for (const each of parsed.problems) problems.push(inFile(each, file));
  if (!parsed.tree) return null;
  for (const tree of valuesIn(parsed.tree)) {
    tree.at.file = file;
    if (tree.kind === 'map') for (const { key } of tree.entries.values()) key.file = file;
  }
  return parsed.tree;
}

function inFile(problem: Problem, file: string): Problem {
  const at = { start: 0, end: 0, ...problem.at, file };
  const related = problem.related?.map((each) => ({ ...each, at: { ...each.at, file } }));
  return { ...problem, at, ...(related && { related }) };
}

/** Characters of all files so far: together they have the limit of one. */
function sizeOf({ main, others }: SourceFiles): number {
  return Object.values(others()).reduce((sum, text) => sum + text.length, main.text.length);
}

/** Keys and values, as the limit counts them. */
function count(tree: Tree): number {
  let number = 0;
  for (const each of valuesIn(tree)) number += each.kind === 'map' ? 1 + each.entries.size : 1;
  return number;
}

interface Named {
  at: Place;
  names: string[];
}

function malformed(written: string, { at, names }: Named): Problem {
  const otherwise = 'a base lies beside the file or is shipped: no other places, URLs or absolute paths';
  const beside = names.find((name) => name === `./${written}`);
  return {
    code: 'E0201',
    at,
    message: 'extends names no pipeline',
    expected: 'a path that begins with ./ or ../ and ends in .yaml, or the name of a shipped pipeline',
    got: written,
    hint: beside === undefined ? otherwise : `write ${beside}`,
  };
}

function missing(written: string, { at, names }: Named): Problem {
  const isFile = written.startsWith('.');
  const alike = names.filter((name) => name.startsWith('.') === isFile);
  return {
    code: 'E0200',
    at,
    message: isFile ? `there is no file ${written}` : `no pipeline ${written} is shipped`,
    expected: isFile ? 'a file, by its path from this one' : `${oneOf(alike)}, or a path such as ./${written}.yaml`,
    got: written,
    hint: didYouMean(written, names, isFile ? 'a submission carries the files it extends; codepmp bundle makes one of them' : undefined),
  };
}

function circle(at: Place, { links }: { links: Link[] }): Problem {
  const isSelf = links.length === 1;
  return {
    code: 'E0202',
    at,
    message: isSelf ? 'the file extends itself' : 'these files extend each other',
    expected: 'a base that stands without this file',
    hint: 'remove one extends, or move what both need to a third file',
    related: links.slice(0, -1).map((link, index) => ({ message: `${link.file} extends ${links[index + 1]?.file ?? ''}`, at: link.at })),
  };
}

function tooLarge(at: Place): Problem {
  return {
    code: 'E0101',
    at,
    message: 'the file and all it extends are too large together',
    expected: `at most ${limits.bytes} bytes`,
    hint: 'is it the right file?',
  };
}

function tooManyLevels(at: Place): Problem {
  return {
    code: 'E0203',
    at,
    message: `more than ${mostLevels} files extend one another`,
    expected: `at most ${mostLevels} levels`,
    hint: 'codepmp bundle makes one file of several levels; extend that',
  };
}

function otherVersion(at: Place): Problem {
  return {
    code: 'E0114',
    at,
    message: 'the extended file is written in another version of the language',
    expected: 'codepmp: 1',
    hint: 'begin the file with codepmp: 1',
  };
}
