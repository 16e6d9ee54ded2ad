import type { Problem } from '../diagnostics/diagnostic.ts';
import { limits } from '../read/limits.ts';
import { didYouMean, oneOf } from '../diagnostics/near.ts';
import type { Place } from '../diagnostics/source.ts';

/** The most files that may extend one another in a chain. */
export const mostLevels = 8;

/** Adds to problems about names the place where null removes what they name. */
export function besideRemovals(problems: Problem[], removed: Map<string, Place>): Problem[] {
  if (removed.size === 0) return problems;
  return problems.map((problem) => {
    const [, of, key] = problem.code === 'E0111' ? (/^(.*) lacks the key (.*)$/.exec(problem.message) ?? []) : [];
    if (key !== undefined && removed.has(`${of}.${key}`))
      return { ...problem, hint: `remove ${key}: null, which removes it from the extended pipeline` };
    const name = /^\$?([^.]*)/.exec(problem.got ?? '')?.[1] ?? '';
    const [at] = (sectionsOf[problem.code] ?? []).flatMap((section) => removed.get(`${section}.${name}`) ?? []);
    return at ? { ...problem, related: [...(problem.related ?? []), { message: `${name} is removed here`, at }] } : problem;
  });
}

/** The sections that names belong to in problems of these codes. */
const sectionsOf: { readonly [code: string]: string[] } = {
  E0120: ['params'],
  E0130: ['steps'],
  E0140: ['models'],
  E0180: ['params', 'alternatives'],
  E0210: ['sweeps', 'steps'],
};

/** A problem found in the text of one file, with the name of that file in its places. */
export function inFile(problem: Problem, file: string): Problem {
  const at = { start: 0, end: 0, ...problem.at, file };
  const related = problem.related?.map((each) => ({ ...each, at: { ...each.at, file } }));
  return { ...problem, at, ...(related && { related }) };
}

/** A file of a chain of files. */
export interface Link {
  file: string;
  /** The place of its `extends`. */
  at: Place;
}

/** A place, and the names that could be written there. */
interface NamedPlace {
  at: Place;
  names: string[];
}

export function malformed(written: string, { at, names }: NamedPlace): Problem {
  const otherwise = 'extend a shipped pipeline, or a file by its relative path; URLs and absolute paths are not allowed';
  const beside = names.find((name) => name === `./${written}` || name === /^([^./]+)\.ya?ml$/.exec(written)?.[1]);
  return {
    code: 'E0201',
    at,
    message: 'extends does not name a pipeline',
    expected: 'a path that starts with ./ or ../ and ends in .yaml, or the name of a shipped pipeline',
    got: written,
    hint: beside === undefined ? otherwise : `write ${beside}`,
  };
}

export function baseMissing(written: string, { at, names }: NamedPlace): Problem {
  const isFile = written.startsWith('.');
  const alike = names.filter((name) => name.startsWith('.') === isFile);
  return {
    code: 'E0200',
    at,
    message: isFile ? `there is no file ${written}` : `no pipeline ${written} is shipped`,
    expected: isFile ? 'a file, by its path relative to this one' : `${oneOf(alike)}, or a path such as ./${written}.yaml`,
    got: written,
    hint: didYouMean(
      written,
      names,
      isFile ? 'a submission must include the files it extends; codepmp bundle combines them into one' : undefined,
    ),
  };
}

export function circle(at: Place, links: Link[]): Problem {
  const isSelf = links.length === 1;
  return {
    code: 'E0202',
    at,
    message: isSelf ? 'the file extends itself' : 'these files extend each other',
    expected: 'a base that does not extend this file',
    hint: 'remove one extends, or move what both need into a third file',
    related: links.slice(0, -1).map((link, index) => ({ message: `${link.file} extends ${links[index + 1]?.file ?? ''}`, at: link.at })),
  };
}

export function tooLarge(at: Place): Problem {
  return {
    code: 'E0101',
    at,
    message: 'the file and all it extends are too large together',
    expected: `at most ${limits.bytes} bytes`,
    hint: 'is it the right file?',
  };
}

export function tooManyLevels(at: Place): Problem {
  return {
    code: 'E0203',
    at,
    message: `more than ${mostLevels} files extend one another`,
    expected: `at most ${mostLevels} levels`,
    hint: 'codepmp bundle combines several levels into one file; extend that file',
  };
}

export function otherVersion(at: Place): Problem {
  return {
    code: 'E0114',
    at,
    message: 'the extended file is written in another version of the language',
    expected: 'codepmp: 1',
    hint: 'start the file with codepmp: 1',
  };
}
