import { languageOfTag } from '../languages.ts';
import type { PairSide, SideItem } from './sides.ts';
import type { SyntaxReader } from './syntax.ts';

/** Languages whose grammars take hardly any text of another language, in the order in which they are tried. */
const telling = ['Python', 'Java', 'Go', 'TypeScript', 'Rust'];

/** Languages of which the same is true: TypeScript is tried for JavaScript too. */
const told = [...telling, 'JavaScript'];

/** The fewest words and signs by which a grammar decides: a shorter text may be code in several languages. */
const fewest = 10;

/** Characters of the longest: a parser needs 25 milliseconds for so many that are no code. */
const longest = 4000;

/** Languages that are written as one another: dialects, and parts of each other's files. */
const families = [
  ['C', 'C++', 'Cuda', 'Objective-C', 'Objective-C++', 'OpenCL'],
  ['JavaScript', 'TypeScript', 'TSX', 'Vue', 'Svelte', 'Astro', 'HTML', 'EJS'],
  ['Jupyter Notebook', 'Python', 'Cython', 'Mojo', 'Starlark', 'R', 'Julia'],
  ['CSS', 'SCSS', 'Sass', 'Less', 'Stylus'],
  ['HTML', 'HTML+ERB', 'HTML+PHP', 'Handlebars', 'Jinja', 'Smarty', 'SVG', 'Twig', 'XML', 'XSLT'],
  ['HTML+PHP', 'PHP', 'Hack'],
  ['HTML+ERB', 'Ruby'],
  ['Java', 'Java Server Pages', 'Kotlin', 'Groovy', 'Gradle'],
  ['SQL', 'PLSQL', 'PLpgSQL'],
  ['Assembly', 'Unix Assembly'],
  ['Fortran', 'Fortran Free Form'],
  ['Verilog', 'SystemVerilog'],
  ['Common Lisp', 'Emacs Lisp', 'Scheme', 'Racket', 'Hy'],
  ['MATLAB', 'Objective-C'],
  ['Perl', 'Prolog', 'Raku'],
  ['JSON', 'JSON5', 'Jsonnet'],
  ['TeX', 'BibTeX'],
  ['Visual Basic .NET', 'VBA', 'VBScript'],
];

/**
 * Whether an answer is in another language than the one that was asked for: the tag of its block names one, or the tag names none, and
 * the code breaks the grammar of its language and follows that of another.
 */
export function isOtherLanguage({ code, tag, parses, fenced }: PairSide, language: string, read: SyntaxReader): boolean {
  const named = languageOfTag(tag ?? '');
  if (named !== null) return areFar(named, language);
  if (fenced === null || parses !== false || !told.includes(language) || code.length > longest || isShort(code)) return false;
  return telling.some((other) => areFar(other, language) && read(code, other)?.parses);
}

/** Languages whose grammars are needed to join these prompts and answers. */
export function languagesToRead(prompts: readonly { language?: string }[], answers: readonly SideItem[]): string[] {
  const languages = prompts.map(({ language = '' }) => language);
  const isUntagged = answers.some(({ status, tag }) => status === 'ok' && languageOfTag(tag ?? '') === null);
  return isUntagged && languages.some((language) => told.includes(language)) ? [...languages, ...telling] : languages;
}

function isShort(code: string): boolean {
  return (code.match(/\w+|[^\w\s]/g) ?? []).length < fewest;
}

function areFar(named: string, language: string): boolean {
  if (named === language || named === 'Text' || language === 'Text') return false;
  return !families.some((family) => family.includes(named) && family.includes(language));
}
