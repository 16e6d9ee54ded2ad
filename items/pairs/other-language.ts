import { languageOfTag } from '../languages.ts';

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

/** Whether the tag of an answer's block names another language than the one that was asked for. */
export function isOtherLanguage(tag: string, language: string): boolean {
  const named = languageOfTag(tag);
  if (named === null || named === language || named === 'Text' || language === 'Text') return false;
  return !families.some((family) => family.includes(named) && family.includes(language));
}
