import { posix } from 'node:path';
import type { Json } from '../../plan/index.ts';
import { sectionNames } from '../check/schema.ts';
import { decode } from '../read/decode.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { mergeTrees, type Findings } from './merge.ts';
import { readBaseName, shippedFile, type Reader } from './names.ts';
import { circle, inFile, malformed, baseMissing, mostLevels, otherVersion, tooLarge, tooManyLevels, type Link } from './problems.ts';
import type { Bases, NamedFile } from './bases.ts';
import { limits } from '../read/limits.ts';
import { parse } from '../read/parse.ts';
import { readSections } from '../check/sections.ts';
import { createSource, createSourceFiles, type Place, type SourceFiles } from '../diagnostics/source.ts';
import { entryOf, toJson, valuesIn, type Entry, type Tree } from '../read/tree.ts';
import { describeValue } from '../diagnostics/words.ts';

interface ExtendOptions {
  bases: Bases;
  /** Every file that is read is added here. */
  sources: SourceFiles;
}

/** A file merged over what it extends; the tree is null if one of the files cannot be read. */
interface Extended extends Findings {
  tree: Tree | null;
}

/** Reads a file, merges it over what it extends, and returns the tree with the files that were read. */
export function readWhole({ file, source }: NamedFile, bases: Bases): Extended & { sources: SourceFiles } {
  const { text, problem } = decode(source);
  const sources = createSourceFiles(createSource(file, text));
  if (problem) return { tree: null, sources, problems: [problem], removed: new Map() };
  const parsed = parse(text);
  sources.values += parsed.values;
  if (!parsed.tree) return { tree: null, sources, problems: parsed.problems, removed: new Map() };
  const own = readSections(parsed.tree, sectionNames());
  const before = [...parsed.problems, ...own.problems];
  if (!own.tree) return { tree: null, sources, problems: before, removed: new Map() };
  const { problems, ...extended } = extend(own.tree, { bases, sources });
  return { ...extended, sources, problems: [...before, ...problems] };
}

/** The content of a file merged over what it extends, as written; null if one of the files cannot be read. */
export function mergedFile(file: NamedFile, bases: Bases): Json | null {
  const { tree } = readWhole(file, bases);
  return tree && toJson(tree);
}

/**
 * Between parsing and the schema: merges the tree of a file over those it extends; each place names its file. The schema checks only
 * the merged tree, so a file of six lines is checked as strictly as the whole pipeline.
 */
function extend(own: Tree, { bases, sources }: ExtendOptions): Extended {
  const problems: Problem[] = [];
  const removed = new Map<string, Place>();
  const tree = overBases(own, { bases, sources, problems, removed, file: posix.normalize(sources.main.file), isShipped: false, links: [] });
  return { tree, problems, removed };
}

/** `file` is the file whose base is searched. */
interface ExtendWalk extends ExtendOptions, Findings, Reader {
  /** The chain of files that led to it. */
  links: Link[];
}

function overBases(tree: Tree, walk: ExtendWalk): Tree | null {
  const entry = entryOf(tree, 'extends');
  if (!entry) return tree;
  const base = readBase(entry, walk);
  if (!base) return null;
  const links = [...walk.links, { file: walk.file, at: entry.value.at }];
  const whole = overBases(base.tree, { ...walk, file: base.file, isShipped: base.isShipped, links });
  return whole && mergeTrees(whole, tree, walk);
}

/** The tree of the file that an entry names; problems are reported. */
function readBase({ value }: Entry, walk: ExtendWalk): (Reader & { tree: Tree }) | null {
  const { sources, problems, file } = walk;
  const { at } = value;
  const found = findBase(value, walk);
  if ('code' in found) {
    problems.push(found);
    return null;
  }
  const inBase: Problem[] = [];
  const foreign = readForeign(found, { sources, problems: inBase });
  const { tree, problems: ofSections } = foreign ? readSections(foreign, sectionNames()) : { tree: null, problems: [] };
  inBase.push(...ofSections);
  const way = { message: `${file} extends it here`, at };
  problems.push(...inBase.map((problem) => ({ ...problem, related: [...(problem.related ?? []), way] })));
  if (!tree) return null;
  const version = entryOf(tree, 'codepmp')?.value;
  const isOther = version?.kind !== 'leaf' || version.value !== 1;
  if (isOther) problems.push(otherVersion(version?.at ?? { start: 0, end: 0, file: found.file }));
  return { tree, file: found.file, isShipped: found.isShipped };
}

/** The file that is named, or the problem with it. */
function findBase(value: Tree, { bases, sources, file, isShipped, links }: ExtendWalk): (NamedFile & Reader) | Problem {
  const { at } = value;
  const written = value.kind === 'leaf' && typeof value.value === 'string' ? value.value : null;
  const name = written === null ? null : readBaseName(written, { file, isShipped });
  if (written === null || name === null) return malformed(written ?? describeValue(toJson(value)), { at, names: bases.names(file) });
  const target = name.kind === 'file' ? name.path : shippedFile(name.name);
  const chain = [...links, { file, at }];
  const before = chain.findIndex((link) => link.file === target);
  if (before !== -1) return circle(at, chain.slice(before));
  if (links.length >= mostLevels) return tooManyLevels(at);
  const found = bases.read(name);
  if (!found) return baseMissing(written, { at, names: bases.names(file) });
  return sizeOfFiles(sources) + found.source.length > limits.bytes ? tooLarge(at) : { ...found, isShipped: name.kind === 'shipped' };
}

/** Reads a file other than the pipeline itself, with the same checks; every place in its tree names the file. */
export function readForeign(
  { file, source }: NamedFile,
  { sources, problems }: { sources: SourceFiles; problems: Problem[] },
): Tree | null {
  const { text, problem } = decode(source);
  sources.add(createSource(file, text));
  const parsed = problem ? { tree: null, values: 0, problems: [problem] } : parse(text, limits.values - sources.values);
  sources.values += parsed.values;
  for (const each of parsed.problems) problems.push(inFile(each, file));
  if (!parsed.tree) return null;
  for (const tree of valuesIn(parsed.tree)) {
    tree.at.file = file;
    if (tree.kind === 'map') for (const { key } of tree.entries.values()) key.file = file;
  }
  return parsed.tree;
}

/** Characters of all files so far, which share the limit of one file. */
function sizeOfFiles({ main, others }: SourceFiles): number {
  return Object.values(others()).reduce((sum, text) => sum + text.length, main.text.length);
}
